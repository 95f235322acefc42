import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { InvalidRequestError } from '../../../../lambda/core/errors.ts';
import { toIntegrationProfile } from '../../../../lambda/core/integrations/compile-integration.ts';
import { isIntegrationName } from '../../../../lambda/core/integrations/integration-schema.ts';
import {
  readIntegration,
  readIntegrationKeys,
  readNewIntegration,
} from '../../../../lambda/core/integrations/read-integration-document.ts';
import {
  aManagingConfiguration,
  aNewIntegrationDocument,
  anIntegration,
  anIntegrationsSection,
  someSettings,
} from '../../../support/managing-integrations.ts';
import { aSigningKey } from '../../../support/tokens.ts';

const configuration = aManagingConfiguration();

function refusalOf(act: () => unknown): InvalidRequestError {
  try {
    act();
  } catch (error) {
    if (error instanceof InvalidRequestError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

const pathsOf = (error: InvalidRequestError) =>
  (error.extensions['errors'] as readonly { readonly path: string }[]).map(({ path }) => path);

const refuse = (changes: Readonly<Record<string, unknown>>) =>
  refusalOf(() => readNewIntegration(aNewIntegrationDocument(changes), configuration));

const allow = (principal: unknown, condition?: unknown) => [
  { Effect: 'Allow', Principal: principal, ...(condition === undefined ? {} : { Condition: condition }) },
];

describe('a new integration as it is sent', () => {
  it('is taken with everything that it may have', async () => {
    const { publicJwk } = await aSigningKey('1');
    const document = aNewIntegrationDocument({
      requestAccessUrl: 'https://wiki.example.com/acme',
      trust: allow({ Federated: ['okta', 'acme'] }, { StringEquals: { 'daypass:Subject': 'alice' } }),
      duration: { defaultSeconds: 900, maxSeconds: 1800 },
      sessionTags: { team: 'reports' },
      sessionPolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::x/*' }],
      },
      setSourceIdentity: false,
      jwks: { keys: [publicJwk] },
    });

    expect(readNewIntegration(document, configuration)).toEqual(document);
  });

  it.each([
    ['no name', { name: undefined }, 'body.name'],
    ['a name in capitals', { name: 'Acme' }, 'body.name'],
    ['a name with a line end', { name: 'acme\n' }, 'body.name'],
    ['a name of 25 characters', { name: 'a'.repeat(25) }, 'body.name'],
    ['a name that is a path', { name: 'self' }, 'body.name'],
    ['the name of the schedule', { name: 'daypass' }, 'body.name'],
    ['a digest of an ExternalId as its name', { name: 'external-id#00' }, 'body.name'],
    ["a configured issuer's name", { name: 'okta' }, 'body.name'],
    ['no owner', { owner: undefined }, 'body.owner'],
    ['an address that is no https URL', { requestAccessUrl: 'javascript:alert(1)' }, 'body.requestAccessUrl'],
    ['an ExternalId', { externalId: 'daypass-00112233445566778899aabbccddeeff' }, 'body.externalId'],
    ['ExternalIds', { externalIds: { current: 'x' } }, 'body.externalIds'],
    ['an ExternalId in other letters', { ExternalId: 'x' }, 'body.ExternalId'],
    ['a state', { state: 'VERIFIED' }, 'body.state'],
    ['a version', { version: 7 }, 'body.version'],
    ['a verification', { verification: {} }, 'body.verification'],
    ['roles on the way', { via: ['arn:aws:iam::444444444444:role/A'] }, 'body.via'],
    ['a mechanism', { mechanism: 'assume-role' }, 'body.mechanism'],
    ['a duration of 901 minutes', { duration: { maxSeconds: 54_060 } }, 'body.duration.maxSeconds'],
    ['3601 seconds', { duration: { maxSeconds: 3601 } }, 'body.duration.maxSeconds'],
    ['899 seconds', { duration: { defaultSeconds: 899 } }, 'body.duration.defaultSeconds'],
    [
      'a default above the maximum',
      { duration: { defaultSeconds: 1800, maxSeconds: 900 } },
      'body.duration.defaultSeconds',
    ],
    ['no statement', { trust: [] }, 'body.trust'],
    ['a statement for anybody', { trust: allow('*') }, 'body.trust.0.Principal'],
    ['an issuer that is not configured', { trust: allow({ Federated: 'nobody' }) }, 'body.trust.0.Principal'],
    ['another integration', { trust: allow({ Federated: 'initech' }) }, 'body.trust.0.Principal'],
    ['an AWS principal', { trust: allow({ AWS: '111111111111' }) }, 'body.trust.0.Principal'],
    [
      'an Action',
      { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' }, Action: 'sts:*' }] },
      'body.trust.0.Action',
    ],
    ['a tag key of AWS', { sessionTags: { 'aws:x': 'y' } }, 'body.sessionTags.aws:x'],
    [
      'a tag with a variable that nobody has',
      { sessionTags: { team: '${claims:nothing}' } },
      'body.sessionTags.team',
    ],
    ['a tag with a list', { sessionTags: { team: '${claims:groups}' } }, 'body.sessionTags.team'],
    ['a policy that is none', { sessionPolicy: { Statement: 'x' } }, 'body.sessionPolicy'],
    [
      'a policy whose action is a variable',
      {
        sessionPolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '${claims:team}', Resource: '*' }],
        },
      },
      'body.sessionPolicy.Statement.0.Action',
    ],
    ['keys that are a list', { jwks: [] }, 'body.jwks'],
    ['a secret key', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, 'body.jwks.keys.0'],
  ])('is refused with %s', (_what, changes, path) => {
    expect(pathsOf(refuse(changes)).some((one) => one.startsWith(path))).toBe(true);
  });

  it.each([
    ["the broker's own account", 'arn:aws:iam::111111111111:role/Anything'],
    ["one of the broker's own roles", 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer'],
    [
      "one of the broker's own roles, in capitals",
      'arn:aws:iam::111111111111:role/DAYPASS/DAYPASS-PROD-EU-WEST-1-ISSUER',
    ],
    ['another account of our own', 'arn:aws:iam::222222222222:role/Anything'],
    ['another partition', 'arn:aws-cn:iam::444444444444:role/Anything'],
    ['every role', 'arn:aws:iam::444444444444:role/*'],
    ['a user', 'arn:aws:iam::444444444444:user/alice'],
    ['the root', 'arn:aws:iam::444444444444:root'],
    ['a session', 'arn:aws:sts::444444444444:assumed-role/A/b'],
    ['an account of 11 digits', 'arn:aws:iam::44444444444:role/A'],
    ['an account in other digits', 'arn:aws:iam::４４４４４４４４４４４４:role/A'],
    ['a line end', 'arn:aws:iam::444444444444:role/A\n'],
    ['a way up', 'arn:aws:iam::444444444444:role/../A'],
    ['a percent sign', 'arn:aws:iam::444444444444:role/%2e'],
    ['a region', 'arn:aws:iam:eu-west-1:444444444444:role/A'],
  ])('is refused with a role of %s', (_what, roleArn) => {
    expect(pathsOf(refuse({ roleArn }))).toContain('body.roleArn');
    expect(
      pathsOf(refusalOf(() => readIntegration('acme', someSettings({ roleArn }), configuration))),
    ).toContain('body.roleArn');
  });

  it('is refused for all of it at once, and for nothing twice', () => {
    const error = refuse({ owner: '', roleArn: 'x', trust: allow({ Federated: 'nobody' }), extra: 1 });

    const paths = pathsOf(error);
    expect(paths).toEqual(expect.arrayContaining(['body.owner', 'body.roleArn', 'body.extra']));
    expect(new Set(paths).size).toBe(paths.length);
    expect(error.message).toContain('body.roleArn; allowed: ');
  });

  it.each([[null], [[]], ['x'], [7], [undefined]])('is refused when it is %j', (body) => {
    expect(refusalOf(() => readNewIntegration(body, configuration))).toBeInstanceOf(InvalidRequestError);
  });

  it('is refused with a key that JavaScript would lose', () => {
    const body: unknown = JSON.parse(
      JSON.stringify(aNewIntegrationDocument({ sessionTags: { a: 'b' } })).replace('"a":', '"__proto__":'),
    );

    expect(pathsOf(refusalOf(() => readNewIntegration(body, configuration)))).toContain(
      'body.sessionTags.__proto__',
    );
  });

  it('is refused without a word of any value in it', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9a-f]{24}$/),
        fc.constantFrom('externalId', 'roleArn', 'name', 'duration', 'setSourceIdentity', 'jwks', 'trust'),
        (value, key) => {
          const secret = `daypass-${value}XYZ!`;

          const error = refuse({ [key]: secret });

          expect(JSON.stringify([error.message, error.extensions, error.detail])).not.toContain(value);
        },
      ),
    );
  });

  it('may have the name of a configured issuer that is a third party: its keys move here', async () => {
    const { publicJwk } = await aSigningKey('1');
    const okta = { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' };
    const acme = { type: 'integration', audience: 'daypass', jwks: { keys: [publicJwk] } };

    const document = readNewIntegration(
      aNewIntegrationDocument(),
      aManagingConfiguration({ issuers: { okta, acme } }),
    );

    expect(document.name).toBe('acme');
  });
});

describe('an integration as it is replaced', () => {
  const refusePut = (changes: Readonly<Record<string, unknown>>) =>
    pathsOf(refusalOf(() => readIntegration('acme', someSettings(changes), configuration)));

  it('has neither a name nor keys, and says why', () => {
    expect(refusePut({ name: 'acme' })).toEqual(['body.name']);
    expect(refusePut({ jwks: { keys: [] } })).toEqual(['body.jwks']);
    expect(
      refusalOf(() => readIntegration('acme', someSettings({ jwks: {} }), configuration)).message,
    ).toContain('PUT …/keys replaces keys');
  });

  it.each([
    ['version', 7, 'If-Match names'],
    ['state', 'VERIFIED', 'leave it out'],
    ['externalIds', {}, 'Leave it out'],
    ['verification', {}, 'leave it out'],
    ['suspension', {}, 'leave it out'],
    ['provenAt', '2026-01-01T00:00:00.000Z', 'leave it out'],
    ['name', 'acme', 'leave it out'],
    ['jwks', { keys: [] }, 'leave them out'],
  ])('says of %s, which an answer shows, that it is to be left out', (member, value, words) => {
    const error = refusalOf(() => readIntegration('acme', someSettings({ [member]: value }), configuration));

    expect(pathsOf(error)).toEqual([`body.${member}`]);
    expect(error.message).toContain(words);
  });

  it.each([
    ['description', {}],
    ['owner', {}],
    ['requestAccessUrl', {}],
    ['sessionTags', { key: 'Team' }],
  ])('holds no ExternalId in its %s, in whichever letters', (member, { key }: { key?: string }) => {
    const id = 'Daypass-00112233445566778899AABBCCDDEEFF';
    const text = `https://wiki.example.com/${id}`;
    const changes = { [member]: key === undefined ? text : { [key]: text } };

    const error = refusalOf(() => readIntegration('acme', someSettings(changes), configuration));

    expect(pathsOf(error)).toEqual([['body', member, key].filter((part) => part !== undefined).join('.')]);
    expect(error.message).not.toContain(id);
    expect(pathsOf(refuse(changes))).toEqual(pathsOf(error));
  });

  it('is refused while the configuration has another kind of issuer by its name', () => {
    const oidc = { type: 'oidc', issuer: 'https://acme.example', audience: 'daypass' };
    const okta = { ...oidc, issuer: 'https://example.okta.com' };
    const taken = aManagingConfiguration({ issuers: { okta, acme: oidc } });

    const error = refusalOf(() => readIntegration('acme', someSettings(), taken));

    expect(pathsOf(error)).toEqual(['body.name']);
    expect(error.message).toContain('issuers.acme of the configuration is of type oidc');
  });

  it('refuses an ExternalId with a reason', () => {
    const { message } = refusalOf(() =>
      readIntegration('acme', someSettings({ externalId: 'x' }), configuration),
    );

    expect(message).toContain('body.externalId; allowed: no such key here: Daypass generates it');
  });

  it('may trust itself, and no other integration', () => {
    const trust = allow({ Federated: 'initech' });

    expect(readIntegration('initech', someSettings({ trust }), configuration)).toMatchObject({ trust });
    expect(
      pathsOf(refusalOf(() => readIntegration('globex', someSettings({ trust }), configuration)))[0],
    ).toMatch(/^body\.trust\.0\.Principal/);
  });
});

describe('keys as they are sent', () => {
  const refuseKeys = (jwks: unknown) =>
    pathsOf(refusalOf(() => readIntegrationKeys('acme', { jwks }, configuration)));

  it('are none, one or two', async () => {
    const [one, two, three] = [await aSigningKey('1'), await aSigningKey('2'), await aSigningKey('3')].map(
      ({ publicJwk }) => publicJwk,
    );

    for (const keys of [[], [one], [one, two]])
      expect(readIntegrationKeys('acme', { jwks: { keys } }, configuration)).toEqual({ keys });
    expect(refuseKeys({ keys: [one, two, three] })).toEqual(['body.jwks.keys']);
  });

  it('are public, of a strength that counts, for signatures, each with an id of its own', async () => {
    const { publicJwk } = await aSigningKey('1');

    expect(refuseKeys({ keys: [{ ...publicJwk, d: 'AAAA' }] })).toEqual(['body.jwks.keys.0']);
    expect(refuseKeys({ keys: [{ kty: 'oct', k: 'c2VjcmV0' }] })).toEqual(['body.jwks.keys.0']);
    expect(refuseKeys({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] })).toEqual(['body.jwks.keys.0']);
    expect(refuseKeys({ keys: [{ ...publicJwk, use: 'enc' }] })).toEqual(['body.jwks.keys.0']);
    expect(refuseKeys({ keys: [publicJwk, publicJwk] })).toEqual(['body.jwks.keys.1.kid']);
    expect(refuseKeys({ keys: 'x' })).toEqual(['body.jwks.keys']);
    expect(refuseKeys({ keys: [], more: 1 })).toEqual(['body.jwks.more']);
  });
});

describe('the name of an integration', () => {
  it('is never the key of anything else in the table', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isIntegrationName(`external-id#${text}`)).toBe(false);
      }),
    );
  });
});

describe('an integration as the profile that issues for it', () => {
  it('has its current ExternalId, and nothing that a caller could widen', () => {
    const integration = anIntegration({ sessionTags: { team: '${claims:team}' }, state: 'VERIFIED' });

    const compiled = toIntegrationProfile(integration, configuration);

    expect(compiled).toMatchObject({
      profile: {
        mechanism: 'assume-role',
        name: 'acme',
        roleArn: integration.roleArn,
        externalId: integration.externalIds.current,
        via: [],
        acceptedTagKeys: [],
        acceptsSessionPolicy: false,
        managedPolicyArns: [],
        console: false,
        sessionTags: new Map([['team', [{ variable: 'claims:team' }]]]),
      },
    });
  });

  it.each([
    [
      'its account became one of our own',
      aManagingConfiguration({ integrations: anIntegrationsSection({ ownAccounts: ['444444444444'] }) }),
      ['roleArn'],
    ],
    [
      'its name became that of another kind of issuer',
      aManagingConfiguration({
        issuers: {
          okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
          acme: { type: 'oidc', issuer: 'https://acme.example', audience: 'daypass' },
        },
      }),
      ['name'],
    ],
    [
      'an issuer of its trust is gone',
      aManagingConfiguration({
        issuers: { other: { type: 'oidc', issuer: 'https://o.example', audience: 'daypass' } },
        profiles: {},
        integrations: undefined,
      }),
      ['trust', 0, 'Principal'],
    ],
  ])('does not exist when %s', (_what, changed, path) => {
    const compiled = toIntegrationProfile(anIntegration(), changed);

    expect('problems' in compiled && compiled.problems[0]?.path.slice(0, path.length)).toEqual(path);
  });
});
