import { payloadWith } from '../attack-world.ts';
import { type BadToken, changed } from './bad-token.ts';

const withSub = (name: string, sub: unknown): BadToken =>
  changed('okta', 'subject', `whose sub is ${name}`, { claims: { sub } });

const withClaim = (name: string, claims: Readonly<Record<string, unknown>>): BadToken =>
  changed('okta', 'claim', `with ${name}`, { claims });

const groups = (count: number) => Array.from({ length: count }, (_, index) => `group-${index}`);

/** Really signed, and still nobody whom the broker can tell apart, carry or admit. */
export const principalRows: readonly BadToken[] = [
  withSub('missing', undefined),
  withSub('null', null),
  withSub('empty', ''),
  withSub('a number', 1),
  withSub('true', true),
  withSub('a list', ['alice']),
  withSub('an object', { name: 'alice' }),
  withSub('of 1025 characters', 's'.repeat(1025)),
  withSub('of 4 KB', 's'.repeat(4096)),
  withSub('with a line end', 'alice\nroot'),
  withSub('with NUL', 'alice\0'),
  withSub('with an escape sequence', 'alice\u001b[2K'),
  withSub('with DEL', 'alice\u007f'),
  withSub('with a C1 control', 'alice\u0085'),
  withSub('with a direction override', 'alice\u202etoor'),
  withSub('with a direction isolate', 'alice\u2067'),
  withSub('with a zero-width space', 'ali\u200bce'),
  withSub('with a soft hyphen', 'ali\u00adce'),
  withSub('with a byte order mark', '\ufeffalice'),
  withSub('with a line separator', 'alice\u2028root'),
  withSub('with a paragraph separator', 'alice\u2029root'),
  withSub('with a character for private use', 'alice\ue000'),
  withSub('with an unassigned character', 'alice\u0378'),
  withSub('with a tag character', 'alice\u{e0041}'),
  changed('okta', 'subject', 'whose sub has half of a surrogate pair', (world) => ({
    payload: payloadWith(world, 'okta', '"sub":"alice\\ud800"').replace(',"sub":"alice"', ''),
  })),
  changed('okta', 'subject', 'whose sub stands behind constructor.prototype', (world) => ({
    payload: payloadWith(world, 'okta', '"constructor":{"prototype":{"sub":"root"}}').replace(
      ',"sub":"alice"',
      '',
    ),
  })),
  changed('okta', 'malformed-token', 'whose sub is of 10 KB', { claims: { sub: 's'.repeat(10_240) } }),
  changed('entra', 'subject', 'of Entra without oid', { claims: { oid: undefined } }),
  changed('entra', 'subject', 'of Entra whose oid is a list', { claims: { oid: ['alice'] } }),

  withClaim('groups that are a string', { groups: 'sre' }),
  withClaim('groups that are an object', { groups: { 0: 'sre', length: 1 } }),
  withClaim('groups that are null', { groups: null }),
  withClaim('groups with a number', { groups: ['sre', 1] }),
  withClaim('groups with null', { groups: ['sre', null] }),
  withClaim('groups within groups', { groups: [['sre']] }),
  withClaim('groups that are true', { groups: true }),
  withClaim('a team that is a list', { team: ['payments'] }),
  withClaim('a team that is a number', { team: 1 }),
  withClaim('a team that is null', { team: null }),
  withClaim('a team that is an object', { team: { name: 'payments' } }),
  withClaim('a level that is a string', { level: '3' }),
  withClaim('a level that is a list', { level: [3] }),
  withClaim('a level beyond exact numbers', { level: 9_007_199_254_740_992 }),
  withClaim('a boolean that is a string', { contractor: 'true' }),
  withClaim('a boolean that is a number', { contractor: 1 }),
  changed('okta', 'claim', 'with a level of 1e400', (world) => ({
    payload: payloadWith(world, 'okta', '"level":1e400').replace(',"level":3', ''),
  })),
  changed('okta', 'claim', 'with a team that has half of a surrogate pair', (world) => ({
    payload: payloadWith(world, 'okta', '"team":"pay\\udc00"').replace(',"team":"payments"', ''),
  })),
  changed('okta', 'claim', 'with a group that has half of a surrogate pair', (world) => ({
    payload: payloadWith(world, 'okta', '"groups":["sre","\\ud83d"]').replace(',"groups":["sre"]', ''),
  })),
  changed('okta', 'principal-too-large', 'with 400 groups', { claims: { groups: groups(400) } }),
  changed('okta', 'malformed-token', 'with 5,000 groups', { claims: { groups: groups(5000) } }),
  changed('okta', 'principal-too-large', 'with a team of 4 KB', { claims: { team: 't'.repeat(4096) } }),
  changed('okta', 'principal-too-large', 'with a team that is larger in bytes than in characters', {
    claims: { team: '\u5b57'.repeat(1500) },
  }),

  changed('partner', 'not-admitted', 'of another owner', { claims: { tenant: { id: '7654321' } } }),
  changed('partner', 'not-admitted', 'of an owner with ours as prefix', {
    claims: { tenant: { id: '12345678' } },
  }),
  changed('partner', 'not-admitted', 'of an owner that is a prefix of ours', {
    claims: { tenant: { id: '123456' } },
  }),
  changed('partner', 'not-admitted', 'of an owner that is a wildcard', { claims: { tenant: { id: '*' } } }),
  changed('partner', 'not-admitted', 'of an owner before a space', {
    claims: { tenant: { id: '1234567 ' } },
  }),
  changed('partner', 'not-admitted', 'of an owner in other digits', {
    claims: { tenant: { id: '\uff11234567' } },
  }),
  changed('partner', 'not-admitted', 'of an empty owner', { claims: { tenant: { id: '' } } }),
  changed('partner', 'not-admitted', 'without an owner', { claims: { tenant: undefined } }),
  changed('partner', 'not-admitted', 'whose owner has the whole pointer as its name', {
    claims: { tenant: undefined, '/tenant/id': '1234567', 'tenant/id': '1234567' },
  }),
  changed('partner', 'not-admitted', 'whose owner stands behind __proto__', (world) => ({
    payload: payloadWith(world, 'partner', '"__proto__":{"tenant":{"id":"1234567"}}').replace(
      /,"tenant":\{[^}]*\}/,
      '',
    ),
  })),
  changed('partner', 'not-admitted', 'whose owner is called as the condition calls it', {
    claims: { tenant: undefined, owner: '1234567', 'claims:owner': '1234567' },
  }),
  changed('partner', 'claim', 'whose owner is a number', { claims: { tenant: { id: 1_234_567 } } }),
  changed('partner', 'claim', 'whose owner is a list', { claims: { tenant: { id: ['1234567'] } } }),
  changed('partner', 'not-admitted', 'of a subject whom a Deny names', { claims: { sub: 'mallory' } }),
  changed('github-actions', 'not-admitted', 'of another owner of GitHub, whose repository has our name', {
    claims: { repository_owner_id: '7654321', repository: 'example/shop' },
  }),
  changed('github-actions', 'not-admitted', 'of GitHub without an owner', {
    claims: { repository_owner_id: undefined },
  }),
  changed('github-actions', 'claim', 'of GitHub whose owner is a number', {
    claims: { repository_owner_id: 1_234_567 },
  }),
  changed('google', 'not-admitted', 'of Google of another domain', { claims: { hd: 'evil.example' } }),
  changed('google', 'not-admitted', 'of a private account of Google', { claims: { hd: undefined } }),
  changed('google', 'not-admitted', 'of Google of our domain in capitals', { claims: { hd: 'EXAMPLE.COM' } }),
  changed('google', 'not-admitted', 'of Google of a domain with a homograph', {
    claims: { hd: 'ex\u0430mple.com' },
  }),
];
