import { aMethodArn, apiId } from '../../support/authorizer-event.ts';
import { type BadToken, sent } from './bad-token.ts';

const inHeader = (name: string, toValues: (token: string) => readonly string[]): BadToken =>
  sent('authorization-header', name, (token) => ({ headers: { Authorization: toValues(token) } }));

const forMethod = (name: string, methodArn: string): BadToken =>
  sent('foreign-method', name, () => ({ changes: { methodArn } }));

const container = '/v1/profiles/{profile}/container-credentials';

/** A good token, in a request that is not one header with one token for one method of ours. */
export const requestRows: readonly BadToken[] = [
  inHeader('in two Authorization headers', (token) => [`Bearer ${token}`, `Bearer ${token}`]),
  inHeader('after another Authorization header', (token) => ['Basic c3JlOmRlbW8=', `Bearer ${token}`]),
  inHeader('before an empty Authorization header', (token) => [`Bearer ${token}`, '']),
  sent('authorization-header', 'in two headers that differ in case', (token) => ({
    headers: { Authorization: [`Bearer ${token}`], authorization: [`Bearer ${token}`] },
  })),
  inHeader('twice in one header, parted by a comma', (token) => [`Bearer ${token}, Bearer ${token}`]),
  inHeader('followed by a comma', (token) => [`Bearer ${token},`]),
  inHeader('after two spaces', (token) => [`Bearer  ${token}`]),
  inHeader('after a tab', (token) => [`Bearer\t${token}`]),
  inHeader('after a no-break space', (token) => [`Bearer\u00a0${token}`]),
  inHeader('after a line fold', (token) => [`Bearer\r\n ${token}`]),
  inHeader('followed by CR, LF and another header', (token) => [`Bearer ${token}\r\nX-Admin: true`]),
  inHeader('followed by a line end', (token) => [`Bearer ${token}\n`]),
  inHeader('followed by NUL', (token) => [`Bearer ${token}\0`]),
  inHeader('followed by a space', (token) => [`Bearer ${token} `]),
  inHeader('after a space and Bearer', (token) => [` Bearer ${token}`]),
  inHeader('after Bearer twice', (token) => [`Bearer Bearer ${token}`]),
  inHeader('without a scheme', (token) => [token]),
  inHeader('without a space', (token) => [`Bearer${token}`]),
  inHeader('under the scheme Basic', (token) => [`Basic ${token}`]),
  inHeader('under the scheme DPoP', (token) => [`DPoP ${token}`]),
  inHeader('under the scheme Token', (token) => [`Token ${token}`]),
  inHeader('in quotes', (token) => [`Bearer "${token}"`]),
  inHeader('as a parameter of the scheme', (token) => [`Bearer token=${token}`]),
  inHeader('in percent encoding', (token) => [`Bearer ${token.replaceAll('.', '%2e')}`]),
  inHeader('with a full-width dot', (token) => [`Bearer ${token.replace('.', '\uff0e')}`]),
  inHeader('under a scheme with a homograph', (token) => [`Be\u0430rer ${token}`]),
  inHeader('left out', () => []),
  inHeader('left out after the scheme', () => ['Bearer ']),
  inHeader('left out with the scheme', () => ['']),
  ...[
    'x-amzn-remapped-authorization',
    'X-Amzn-Remapped-Authorization',
    'X-Forwarded-Authorization',
    'Proxy-Authorization',
    'X-Authorization',
    'Authorization ',
    'Authorization_',
    'Cookie',
    'X-Amz-Security-Token',
  ].map((header) =>
    sent('authorization-header', `in the header "${header}" alone`, (token) => ({
      headers: { [header]: [`Bearer ${token}`] },
    })),
  ),
  sent('authorization-header', 'in a query parameter alone', (token) => ({
    headers: {},
    changes: {
      queryStringParameters: { access_token: token, authorization: `Bearer ${token}` },
      multiValueQueryStringParameters: { access_token: [token], authorization: [`Bearer ${token}`] },
    },
  })),
  sent('authorization-header', 'in the header map that keeps the last of several alone', (token) => ({
    headers: {},
    changes: { headers: { Authorization: `Bearer ${token}` } },
  })),
  sent('authorization-header', 'in an event whose header map is missing', () => ({
    changes: { multiValueHeaders: null },
  })),
  sent('authorization-header', 'as the token of an authorizer of type TOKEN', (token) => ({
    headers: {},
    changes: { authorizationToken: `Bearer ${token}` },
  })),
  sent('authorization-header', 'twice where a raw token is taken', (token) => ({
    headers: { Authorization: [token, token] },
    changes: { resource: container },
  })),
  sent('authorization-header', 'under another scheme where a raw token is taken', (token) => ({
    headers: { Authorization: [`Basic ${token}`] },
    changes: { resource: container },
  })),
  sent('authorization-header', 'with a line end where a raw token is taken', (token) => ({
    headers: { Authorization: [`${token}\n`] },
    changes: { resource: container },
  })),
  sent('authorization-header', 'raw, at the path alone of the route that takes it', (token) => ({
    headers: { Authorization: [token] },
    changes: { path: container },
  })),
  sent('foreign-method', 'in an event of type TOKEN', () => ({ changes: { type: 'TOKEN' } })),
  forMethod('for every method of the API', aMethodArn('/*')),
  forMethod('for a path with ?', aMethodArn('/v1/whoam?')),
  forMethod('for a path with a variable', aMethodArn('/v1/${aws:username}')),
  forMethod('for another API', aMethodArn().replace(apiId, 'z9y8x7w6v5')),
  forMethod('for every API', aMethodArn().replace(apiId, '*')),
  forMethod('for another stage', aMethodArn().replace('/prod/', '/test/')),
  forMethod('for every stage', aMethodArn().replace('/prod/', '/*/')),
  forMethod('for every HTTP method', aMethodArn().replace('/GET/', '/*/')),
  forMethod('for a method of lower case', aMethodArn().replace('/GET/', '/get/')),
  forMethod('for another service', aMethodArn().replace('execute-api', 'lambda')),
  forMethod('for an ARN after a line end', `\n${aMethodArn()}`),
  forMethod('for no ARN', '*'),
];
