import type * as z from 'zod';
import type { FunctionName } from '../core/function-roles.ts';
import { issuanceAnswer, issuancesAnswer, issuancesQuery } from './audit-schemas.ts';
import {
  credentialsAnswer,
  credentialsBody,
  credentialsQuery,
  profilesAnswer,
  whoamiAnswer,
} from './credential-schemas.ts';
import { deploymentAnswer, healthAnswer, openApiAnswer } from './open-schemas.ts';

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
  readonly schemas: RouteSchemas;
}

/** What goes in and comes out. Path parameters are strings without a slash. */
export interface RouteSchemas {
  readonly query?: z.ZodObject;
  /** JSON; always optional as a whole. */
  readonly body?: z.ZodObject;
  /** The body of a 200 as JSON. */
  readonly answer: z.ZodType;
}

export type Operation =
  | 'whoami'
  | 'listProfiles'
  | 'issueCredentials'
  | 'listIssuances'
  | 'getIssuance'
  | 'getHealth'
  | 'getDeployment'
  | 'getOpenApi';

export const routes: readonly Route[] = [
  {
    operation: 'whoami',
    method: 'GET',
    path: '/v1/whoami',
    handledBy: 'issuer',
    authorization: 'token',
    summary: 'The principal as Daypass sees it',
    schemas: { answer: whoamiAnswer },
  },
  {
    operation: 'listProfiles',
    method: 'GET',
    path: '/v1/profiles',
    handledBy: 'issuer',
    authorization: 'token',
    summary: 'The profiles that the caller may use',
    schemas: { answer: profilesAnswer },
  },
  {
    operation: 'issueCredentials',
    method: 'POST',
    path: '/v1/profiles/{profile}/credentials',
    handledBy: 'issuer',
    authorization: 'token',
    summary: 'Issues temporary credentials of a profile',
    schemas: { query: credentialsQuery, body: credentialsBody, answer: credentialsAnswer },
  },
  {
    operation: 'listIssuances',
    method: 'GET',
    path: '/v1/issuances',
    handledBy: 'audit',
    authorization: 'token',
    summary: 'The audit: issuances by principal, profile, state, access key id and time, newest first',
    schemas: { query: issuancesQuery, answer: issuancesAnswer },
  },
  {
    operation: 'getIssuance',
    method: 'GET',
    path: '/v1/issuances/{id}',
    handledBy: 'audit',
    authorization: 'token',
    summary: 'One issuance',
    schemas: { answer: issuanceAnswer },
  },
  // The open routes are served by the function that may only read: strangers' requests stay away from STS.
  {
    operation: 'getHealth',
    method: 'GET',
    path: '/v1/health',
    handledBy: 'audit',
    authorization: 'none',
    summary: 'Whether the broker answers',
    schemas: { answer: healthAnswer },
  },
  {
    operation: 'getDeployment',
    method: 'GET',
    path: '/.well-known/daypass',
    handledBy: 'audit',
    authorization: 'none',
    summary: 'Version, region and issuers of this broker',
    schemas: { answer: deploymentAnswer },
  },
  {
    operation: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    handledBy: 'audit',
    authorization: 'none',
    summary: 'This API as OpenAPI 3.1',
    schemas: { answer: openApiAnswer },
  },
];
