import { payloadWith } from '../attack-world.ts';
import { signer } from '../forge.ts';
import { type BadToken, changed } from './bad-token.ts';

const withIss = (name: string, toIss: (iss: string) => unknown): BadToken =>
  changed('okta', 'unknown-issuer', `whose iss is ${name}`, ({ issuers }) => ({
    claims: { iss: toIss(issuers.okta.iss) },
  }));

const github = 'https://token.actions.githubusercontent.com';

const ofGitHub = (name: string, iss: string): BadToken =>
  changed('github-actions', 'unknown-issuer', `of GitHub whose iss is ${name}`, { claims: { iss } });

const withType = (typ: unknown, reason: 'token-type' | 'malformed-token' = 'token-type'): BadToken =>
  changed('okta', reason, `with typ ${JSON.stringify(typ)}`, { header: { typ } });

/** Another issuer than the one configured, or another kind of token of the same. */
export const issuerRows: readonly BadToken[] = [
  withIss('ours with a slash at its end', (iss) => `${iss}/`),
  withIss('ours in capitals', (iss) => iss.toUpperCase()),
  withIss('ours with another scheme', (iss) => iss.replace('http:', 'https:')),
  withIss('ours with another port', (iss) => iss.replace(/\d+$/, '1')),
  withIss('ours without its port', (iss) => iss.replace(/:\d+$/, '')),
  withIss('ours by another name of the host', (iss) => iss.replace('127.0.0.1', 'localhost')),
  withIss('ours with the host as a number', (iss) => iss.replace('127.0.0.1', '2130706433')),
  withIss('ours with the host in octal', (iss) => iss.replace('127.0.0.1', '0177.0.0.1')),
  withIss('ours with a query', (iss) => `${iss}?x=1`),
  withIss('ours with an empty query', (iss) => `${iss}?`),
  withIss('ours with a fragment', (iss) => `${iss}#x`),
  withIss('ours with a user', (iss) => iss.replace('//', '//user@')),
  withIss('ours as the user of another host', (iss) => `${iss}@evil.example`),
  withIss('ours as a subdomain', (iss) => `${iss}.evil.example`),
  withIss('ours with a path', (iss) => `${iss}/tenant`),
  withIss('ours with a path that goes nowhere', (iss) => `${iss}/a/..`),
  withIss('ours after a space', (iss) => ` ${iss}`),
  withIss('ours before a line end', (iss) => `${iss}\n`),
  withIss('ours before NUL', (iss) => `${iss}\0`),
  withIss('ours with a full-width digit', (iss) => iss.replace('1', '\uff11')),
  withIss('ours with percent encoding', (iss) => iss.replace('.', '%2e')),
  withIss('ours with a backslash', (iss) => iss.replace('//', '/\\')),
  withIss('a prefix of ours', (iss) => iss.slice(0, -1)),
  withIss('a list with ours', (iss) => [iss]),
  withIss('an object with ours', (iss) => ({ toString: iss, value: iss })),
  withIss('its name in our configuration', () => 'okta'),
  withIss('the name of a SAML issuer', () => 'adfs'),
  withIss('the entity id of a SAML issuer', () => 'http://adfs.example/adfs/services/trust'),
  withIss('the name of the iam issuer', () => 'aws'),
  withIss('the name of the broker', () => 'daypass'),
  withIss('missing', () => undefined),
  withIss('null', () => null),
  withIss('empty', () => ''),
  withIss('a number', () => 1),
  withIss('__proto__', () => '__proto__'),
  withIss('constructor', () => 'constructor'),
  withIss('the metadata service', () => 'http://169.254.169.254/latest/meta-data'),
  withIss('a file', () => 'file:///etc/passwd'),
  withIss('a name in a private network', () => 'https://vault.internal'),
  changed('okta', 'unknown-issuer', "whose iss is the attacker's whole issuer", ({ attacker }) => ({
    claims: { iss: attacker.url },
    signer: signer(attacker.rsa),
  })),
  changed('okta', 'unknown-issuer', 'whose iss stands behind __proto__', (world) => ({
    payload: payloadWith(
      world,
      'okta',
      `"__proto__":{"iss":${JSON.stringify(world.issuers.okta.iss)}}`,
    ).replace(/,"iss":"[^"]*"/, ''),
  })),
  changed('okta', 'unknown-issuer', 'whose iss has another case of its name', ({ issuers }) => ({
    claims: { iss: undefined, Iss: issuers.okta.iss, ISS: issuers.okta.iss },
  })),

  ofGitHub('ours with a slash at its end', `${github}/`),
  ofGitHub('ours over http', github.replace('https', 'http')),
  ofGitHub('ours in another case', github.replace('token', 'Token')),
  ofGitHub('ours with a Cyrillic letter', github.replace('a', '\u0430')),
  ofGitHub('ours in punycode of that', 'https://token.xn--ctions-8nf.githubusercontent.com'),
  ofGitHub('ours with its default port', `${github}:443`),
  ofGitHub('ours with a dot at its end', `${github}.`),
  ofGitHub('that of an enterprise', `${github}/octo-enterprise`),
  changed('entra', 'unknown-issuer', 'of Entra whose tenant is another', {
    claims: { iss: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0' },
  }),
  changed('entra', 'unknown-issuer', 'of Entra whose version is another', {
    claims: { iss: 'https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/', ver: '1.0' },
  }),
  changed('google', 'unknown-issuer', 'of Google whose iss has no scheme', {
    claims: { iss: 'accounts.google.com' },
  }),
  changed('cognito', 'unknown-issuer', 'of another pool', {
    claims: { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example13' },
  }),

  ...[
    'id_token',
    'id+jwt',
    'logout+jwt',
    'secevent+jwt',
    'refresh+jwt',
    'dpop+jwt',
    'daypass+jwt',
    'JOSE',
  ].map((typ) => withType(typ)),
  withType('application/logout+jwt'),
  withType('application/application/jwt'),
  withType('jwt;version=1'),
  withType('\u212ajwt', 'malformed-token'),
  ...['', ' jwt', 'jwt\0', 'j'.repeat(129), null, 1, ['JWT'], { typ: 'JWT' }].map((typ) =>
    withType(typ, 'malformed-token'),
  ),
  changed('cognito', 'audience', 'of Cognito that is an ID token', {
    claims: { token_use: 'id', aud: '1example23456789', client_id: undefined },
  }),
  changed('cognito', 'required-claim', 'of Cognito that is an ID token with a client_id', {
    claims: { token_use: 'id' },
  }),
  ...[undefined, null, ['access'], 'ACCESS', 'access ', true].map((use) =>
    changed('cognito', 'required-claim', `of Cognito whose token_use is ${JSON.stringify(use)}`, {
      claims: { token_use: use },
    }),
  ),
];
