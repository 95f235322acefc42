import type { TokenRefusal } from '../../../lambda/core/authentication-errors.ts';
import type { IssuerName } from '../attack-world.ts';
import { payloadWith } from '../attack-world.ts';
import { type BadToken, changed } from './bad-token.ts';

type Offsets = Readonly<Partial<Record<'iat' | 'nbf' | 'exp', number>>>;

/** Times by their distance from now, in seconds. */
const at = (issuer: IssuerName, reason: TokenRefusal, name: string, offsets: Offsets): BadToken =>
  changed(issuer, reason, `of ${issuer} ${name}`, ({ nowSeconds }) => ({
    claims: Object.fromEntries(
      Object.entries(offsets).map(([claim, offset]) => [claim, nowSeconds + offset]),
    ),
  }));

const noDate = (name: 'exp' | 'iat' | 'nbf', value: unknown): BadToken =>
  changed('okta', 'malformed-token', `whose ${name} is ${JSON.stringify(value)}`, {
    claims: { [name]: value },
  });

/** Numbers that JSON.stringify does not write. */
const numberText = (name: 'exp' | 'iat' | 'nbf', text: string): BadToken =>
  changed('okta', 'malformed-token', `whose ${name} is ${text}`, (world) => ({
    payload: payloadWith(world, 'okta', `"${name}":${text}`).replace(new RegExp(`,"${name}":\\d+`), ''),
  }));

const notNumbers = [null, '', '9999999999', 'NaN', 'tomorrow', true, {}, [9_999_999_999], -1];
const hundredYears = 3_155_760_000;

/** Too early, too late, for too long, or at no time at all. */
export const timeRows: readonly BadToken[] = [
  changed('okta', 'malformed-token', 'without exp', { claims: { exp: undefined } }),
  changed('okta', 'malformed-token', 'without iat', { claims: { iat: undefined } }),
  changed('okta', 'malformed-token', 'whose exp has another case of its name', ({ issuers }) => ({
    claims: { exp: undefined, Exp: issuers.okta.claims['exp'] },
  })),
  changed('okta', 'malformed-token', 'whose exp stands behind __proto__', (world) => ({
    payload: payloadWith(world, 'okta', '"__proto__":{"exp":9999999999}').replace(/,"exp":\d+/, ''),
  })),
  ...notNumbers.map((value) => noDate('exp', value)),
  ...notNumbers.map((value) => noDate('iat', value)),
  ...notNumbers.map((value) => noDate('nbf', value)),
  ...(['exp', 'iat', 'nbf'] as const).flatMap((name) => [
    numberText(name, '1e400'),
    numberText(name, '1e12'),
  ]),
  numberText('exp', '-1e400'),
  numberText('exp', '253402300800'),
  changed('okta', 'malformed-token', 'whose exp is in milliseconds', ({ nowSeconds }) => ({
    claims: { exp: (nowSeconds + 290) * 1000 },
  })),

  at('okta', 'expired', 'that expires now', { exp: 0 }),
  at('okta', 'expired', 'that expired a second ago', { exp: -1 }),
  at('okta', 'expired', 'that expired yesterday', { iat: -86_700, exp: -86_400 }),
  changed('okta', 'expired', 'whose exp is 0', { claims: { exp: 0 } }),
  changed('okta', 'expired', 'whose exp is -0', (world) => ({
    payload: payloadWith(world, 'okta', '"exp":-0').replace(/,"exp":\d+/, ''),
  })),
  at('okta', 'not-yet-valid', 'of tomorrow', { iat: 86_400, exp: 86_700 }),
  at('okta', 'not-yet-valid', 'whose iat is ten minutes ahead', { iat: 600, exp: 900 }),
  at('okta', 'not-yet-valid', 'whose iat is ten minutes ahead, and whose nbf has passed', {
    nbf: -10,
    iat: 600,
    exp: 900,
  }),
  at('okta', 'not-yet-valid', 'whose nbf is ten minutes ahead', { nbf: 600, exp: 900 }),
  at('okta', 'not-yet-valid', 'whose nbf is ahead of its exp', { nbf: 6000 }),
  at('okta', 'expired', 'whose exp and iat are both now', { iat: 0, exp: 0 }),
  at('okta', 'not-yet-valid', 'whose exp is before its iat', { iat: 200, exp: 100 }),
  at('okta', 'lifetime', 'that lives a hundred years', { exp: hundredYears }),
  at('okta', 'lifetime', 'that lives a second too long', { iat: -10, exp: 3591 }),
  at('okta', 'lifetime', 'that lives a fraction of a second too long', { iat: -10, exp: 3590.5 }),
  changed('okta', 'lifetime', 'that was issued in 1970', { claims: { iat: 0 } }),
  changed('okta', 'lifetime', 'that ends at the end of time', { claims: { exp: 253_402_300_799 } }),
  at('partner', 'lifetime', 'that lives a day and a second', { iat: -10, exp: 86_391 }),
  at('github-actions', 'lifetime', 'that lives a day and a second', { iat: -10, exp: 86_391 }),
  at('cluster', 'lifetime', 'that lives a year, as old service account tokens do', {
    iat: -10,
    exp: 31_536_000,
  }),
  at('contractors', 'too-old', 'issued eleven minutes ago', { iat: -660, exp: 290 }),
  at('contractors', 'too-old', 'issued an hour ago', { iat: -3600, exp: 3600 }),
  at('cluster', 'expired', 'of a pod that is gone', { iat: -3700, nbf: -3700, exp: -100 }),
  at('cognito', 'expired', 'that expired', { iat: -3700, exp: -100 }),
];
