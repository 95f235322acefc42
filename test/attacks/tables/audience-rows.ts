import type { IssuerName } from '../attack-world.ts';
import { payloadWith } from '../attack-world.ts';
import { type BadToken, changed } from './bad-token.ts';

const of = (issuer: IssuerName, name: string, aud: unknown): BadToken =>
  changed(issuer, 'audience', `of ${issuer} whose aud is ${name}`, { claims: { aud } });

/** Meant for somebody else, or for somebody else as well. */
export const audienceRows: readonly BadToken[] = [
  of('okta', 'another', 'somebody-else'),
  of('okta', 'missing', undefined),
  of('okta', 'null', null),
  of('okta', 'empty', ''),
  of('okta', 'an empty list', []),
  of('okta', 'ours and another', ['daypass', 'somebody-else']),
  of('okta', 'another and ours', ['somebody-else', 'daypass']),
  of('okta', 'ours and null', ['daypass', null]),
  of('okta', 'ours and an empty list', ['daypass', []]),
  of('okta', 'a list in a list', [['daypass']]),
  of('okta', 'an object', { daypass: 'daypass' }),
  of('okta', 'an object that looks like a list', { 0: 'daypass', length: 1 }),
  of('okta', 'a number', 0),
  of('okta', 'true', true),
  of('okta', 'ours in capitals', 'DAYPASS'),
  of('okta', 'a prefix of ours', 'daypas'),
  of('okta', 'ours with more behind it', 'daypass-admin'),
  of('okta', 'ours within another', 'https://daypass.evil.example'),
  of('okta', 'ours and another in one string', 'daypass somebody-else'),
  of('okta', 'ours after a space', ' daypass'),
  of('okta', 'ours before NUL', 'daypass\0'),
  of('okta', 'ours with a homograph', 'd\u0430ypass'),
  of('okta', 'ours in full width', '\uff44aypass'),
  of('okta', 'a wildcard', '*'),
  of('okta', '__proto__', '__proto__'),
  of('okta', "that of another issuer's tokens", 'https://daypass.example.com'),
  changed('okta', 'audience', 'whose aud stands behind __proto__', (world) => ({
    payload: payloadWith(world, 'okta', '"__proto__":{"aud":"daypass"}').replace(/,"aud":"[^"]*"/, ''),
  })),
  changed('okta', 'audience', 'whose client is ours, and not its aud', {
    claims: { aud: 'somebody-else', azp: 'daypass', client_id: 'daypass' },
  }),
  changed('okta', 'audience', "of OAuth's resource parameter", {
    claims: { aud: undefined, resource: 'daypass', scope: 'daypass' },
  }),
  of('ministry', 'one of two of ours and another', ['daypass', 'https://other.example']),
  of('ministry', 'one of two of ours with a slash at its end', 'https://broker.example/'),
  of('github-actions', 'the default of GitHub', 'https://github.com/example'),
  of('github-actions', 'that of AWS', 'sts.amazonaws.com'),
  of('cluster', 'that of the API server', ['https://kubernetes.default.svc']),
  of('cluster', "ours and the API server's", ['daypass', 'https://kubernetes.default.svc']),
  of('entra', 'the Graph', '00000003-0000-0000-c000-000000000000'),
  of('entra', 'the application by its URI', 'api://6e74172b-be56-4843-9ff4-e66a39bb12e3'),
  of('google', 'another application of Google', '32555940559.apps.googleusercontent.com'),
  changed('cognito', 'audience', 'of cognito whose client_id is another', {
    claims: { client_id: '2example23456789', aud: '1example23456789' },
  }),
  changed('cognito', 'audience', 'of cognito whose client_id is missing', {
    claims: { client_id: undefined },
  }),
  changed('cognito', 'audience', 'of cognito whose client_id is a list with another', {
    claims: { client_id: ['1example23456789', 'x'] },
  }),
  of('acme', 'the token endpoint of another server', 'https://login.example/token'),
  of('acme', 'ours and another', ['https://broker.example/v1', 'https://login.example/token']),
  of(
    'acme',
    "the broker's URL, which is not what the issuer is configured for",
    'https://broker.example/prod',
  ),
];
