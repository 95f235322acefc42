import type { FunctionName } from '../core/function-roles.ts';

export type HttpMethod = 'GET' | 'POST';

/**
 * One API operation. The API construct, the local gateway and OpenAPI are made from this table; `functions/` binds
 * operations to endpoints.
 */
export interface Route {
  readonly operation: Operation;
  readonly method: HttpMethod;
  /** As API Gateway writes a resource: `{name}` is one path segment. */
  readonly path: string;
  /** The function behind it. */
  readonly handledBy: Exclude<FunctionName, 'authorizer'>;
  /** `token`: the authorizer function decides. `none`: open to everybody. */
  readonly authorization: 'token' | 'none';
  /** One line for OpenAPI and for the reader. */
  readonly summary: string;
}

export type Operation = 'whoami' | 'listProfiles' | 'issueCredentials' | 'listIssuances' | 'getIssuance';

export const routes: readonly Route[] = [
  {
    operation: 'whoami',
    method: 'GET',
    path: '/v1/whoami',
    handledBy: 'issuer',
    authorization: 'token',
    summary: 'The principal as Daypass sees it',
  },
  {
    operation: 'listProfiles',
    method: 'GET',
    path: '/v1/profiles',
    handledBy: 'issuer',
    authorization: 'token',
    summary: 'The profiles that the caller may use',
  },
  {
    operation: 'issueCredentials',
    method: 'POST',
    path: '/v1/profiles/{profile}/credentials',
    handledBy: 'issuer',
    authorization: 'token',
    summary: 'Issues temporary credentials of a profile',
  },
  {
    operation: 'listIssuances',
    method: 'GET',
    path: '/v1/issuances',
    handledBy: 'audit',
    authorization: 'token',
    summary: 'The audit: issuances by principal, profile, state, access key id and time, newest first',
  },
  {
    operation: 'getIssuance',
    method: 'GET',
    path: '/v1/issuances/{id}',
    handledBy: 'audit',
    authorization: 'token',
    summary: 'One issuance',
  },
];
