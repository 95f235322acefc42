import type * as z from 'zod';
import type { FunctionName } from '../core/function-roles.ts';
import { issuanceAnswer, issuancesAnswer, issuancesQuery } from './audit-schemas.ts';
import type { BodyLimits } from './body-limits.ts';
import { consoleAnswer, toConsoleBody } from './console-schemas.ts';
import { controlRoutes } from './control-routes.ts';
import {
  containerCredentialsAnswer,
  credentialsAnswer,
  credentialsBody,
  credentialsQuery,
  explainAnswer,
  issuingBody,
  profilesAnswer,
  whoamiAnswer,
} from './credential-schemas.ts';
import { findingAnswer, findingsAnswer, findingsQuery } from './finding-schemas.ts';
import { integrationRoutes } from './integration-routes.ts';
import { publicKeysPath } from './oidc-issuer.ts';
import {
  deploymentAnswer,
  healthAnswer,
  jsonWebKeysAnswer,
  openApiAnswer,
  openIdConfigurationAnswer,
} from './open-schemas.ts';
import { samlForm, samlLoginQuery, samlTokenAnswer } from './saml-schemas.ts';
import {
  authorizationMessageAnswer,
  authorizationMessageBody,
  sessionTokenAnswer,
  sessionTokenBody,
} from './sts-schemas.ts';
import { webIdentityTokenAnswer, webIdentityTokenBody } from './web-identity-token-schemas.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * One API operation at one path. The API construct, the local gateway and OpenAPI are made from this table;
 * `functions/` binds operations to endpoints.
 */
export interface Route {
  readonly operation: Operation;
  readonly method: HttpMethod;
  /** As API Gateway writes a resource: `{name}` is one path segment. */
  readonly path: string;
  /** The function behind it. */
  readonly handledBy: Exclude<
    FunctionName,
    'authorizer' | 'rotation' | 'prober' | 'revoker' | 'publisher' | 'reconciler'
  >;
  /** `token`: the authorizer function decides. `iam`: API Gateway checks the SigV4 signature. `none`: open to everybody. */
  readonly authorization: 'token' | 'iam' | 'none';
  /**
   * Whether STS may be shown the caller's own proof: the endpoint has the bearer token, and `samlAssertion` in the body
   * is measured by itself. @default false
   */
  readonly showsProof?: true;
  /** Of its JSON body. @default `bodyLimits` */
  readonly limits?: BodyLimits;
  /** One line for OpenAPI and for the reader. */
  readonly summary: string;
  readonly schemas: RouteSchemas;
}

/** What goes in and comes out. Path parameters are strings without a slash. */
export interface RouteSchemas {
  readonly query?: z.ZodObject;
  /** JSON; optional as a whole where none of its members is required. */
  readonly body?: z.ZodObject;
  /** The fields of an HTML form, in the place of a JSON body. */
  readonly form?: z.ZodObject;
  /** The body of a success as JSON. Absent where the route answers with something else, which `answerType` names. */
  readonly answer?: z.ZodType;
  /** Media types of its other forms, which `?format=` chooses. @default none */
  readonly textTypes?: readonly string[];
  /** @default 200 */
  readonly status?: 201;
  /** Whether a success has an ETag: the version that it shows. @default false */
  readonly versioned?: true;
  /** Whether the header If-Match is required, or may be left out, with the version that the change is for. @default false */
  readonly conditional?: true | 'optional';
  /** Media type of an answer that is not JSON; `redirect` for a 302. */
  readonly answerType?: 'application/samlmetadata+xml' | 'redirect';
}

export type Operation =
  | 'whoami'
  | 'listProfiles'
  | 'issueCredentials'
  | 'getContainerCredentials'
  | 'openConsole'
  | 'issueWebIdentityToken'
  | 'explainIssuance'
  | 'decodeAuthorizationMessage'
  | 'relaySessionToken'
  | 'listIssuances'
  | 'getIssuance'
  | 'listFindings'
  | 'getFinding'
  | 'getHealth'
  | 'getDeployment'
  | 'getOpenApi'
  | 'getOpenIdConfiguration'
  | 'getJsonWebKeys'
  | 'beginSamlLogin'
  | 'consumeSamlResponse'
  | 'getSamlMetadata'
  | ControlOperation
  | IntegrationOperation;

export type ControlOperation =
  | 'listSuspensions'
  | 'suspend'
  | 'liftSuspension'
  | 'revokeIssuance'
  | 'revokeAll'
  | 'listRevocations';

export type IntegrationOperation =
  | 'listIntegrations'
  | 'createIntegration'
  | 'getIntegration'
  | 'updateIntegration'
  | 'deleteIntegration'
  | 'suspendIntegration'
  | 'resumeIntegration'
  | 'rotateExternalId'
  | 'retireExternalId'
  | 'getIntegrationHistory'
  | 'getOnboardingKit'
  | 'verifyIntegration'
  | 'replaceIntegrationKeys'
  | 'getOwnIntegration'
  | 'listOwnIssuances'
  | 'getOwnOnboardingKit'
  | 'replaceOwnKeys'
  | 'issueIntegrationCredentials'
  | 'getIntegrationContainerCredentials'
  | 'openIntegrationConsole'
  | 'explainIntegrationIssuance';

/** Routes of proven callers, as they stand under `/v1`. */
const authenticated: readonly Omit<Route, 'authorization'>[] = [
  {
    operation: 'whoami',
    method: 'GET',
    path: '/v1/whoami',
    handledBy: 'issuer',
    summary: 'The principal as Daypass sees it',
    schemas: { answer: whoamiAnswer },
  },
  {
    operation: 'listProfiles',
    method: 'GET',
    path: '/v1/profiles',
    handledBy: 'issuer',
    summary: 'The profiles that the caller may use',
    schemas: { answer: profilesAnswer },
  },
  {
    operation: 'issueCredentials',
    method: 'POST',
    path: '/v1/profiles/{profile}/credentials',
    handledBy: 'issuer',
    showsProof: true,
    summary: 'Issues temporary credentials of a profile',
    schemas: {
      ...{ query: credentialsQuery, body: issuingBody },
      ...{ answer: credentialsAnswer, textTypes: ['text/plain'] },
    },
  },
  {
    operation: 'getContainerCredentials',
    method: 'GET',
    path: '/v1/profiles/{profile}/container-credentials',
    handledBy: 'issuer',
    showsProof: true,
    summary: 'Issues them in the shape that AWS SDKs read from AWS_CONTAINER_CREDENTIALS_FULL_URI',
    schemas: { answer: containerCredentialsAnswer },
  },
  {
    operation: 'openConsole',
    method: 'POST',
    path: '/v1/profiles/{profile}/console',
    handledBy: 'issuer',
    showsProof: true,
    summary: 'Issues a link that signs in to the AWS console',
    // The partition is the deployment's: whatever it is, the JSON Schema is the same.
    schemas: { body: toConsoleBody('aws'), answer: consoleAnswer },
  },
  {
    operation: 'issueWebIdentityToken',
    method: 'POST',
    path: '/v1/profiles/{profile}/web-identity-token',
    handledBy: 'issuer',
    summary: "Issues a token that AWS signs for a profile's role, for an audience outside of AWS",
    schemas: { body: webIdentityTokenBody, answer: webIdentityTokenAnswer },
  },
  {
    operation: 'explainIssuance',
    method: 'POST',
    path: '/v1/profiles/{profile}/explain',
    handledBy: 'issuer',
    summary: 'Says what issuing would give and why, without issuing',
    schemas: { body: credentialsBody, answer: explainAnswer },
  },
  {
    operation: 'decodeAuthorizationMessage',
    method: 'POST',
    path: '/v1/authorization-messages/decode',
    handledBy: 'issuer',
    summary: 'Decodes the message of a refusal, by DecodeAuthorizationMessage',
    schemas: { body: authorizationMessageBody, answer: authorizationMessageAnswer },
  },
  {
    operation: 'listIssuances',
    method: 'GET',
    path: '/v1/issuances',
    handledBy: 'audit',
    summary: 'The audit: issuances by principal, profile, state, access key id and time, newest first',
    schemas: { query: issuancesQuery, answer: issuancesAnswer },
  },
  {
    operation: 'getIssuance',
    method: 'GET',
    path: '/v1/issuances/{id}',
    handledBy: 'audit',
    summary: 'One issuance',
    schemas: { answer: issuanceAnswer },
  },
  {
    operation: 'listFindings',
    method: 'GET',
    path: '/v1/findings',
    handledBy: 'audit',
    summary: 'What the comparison of the audit with CloudTrail and the access log found, newest first',
    schemas: { query: findingsQuery, answer: findingsAnswer },
  },
  {
    operation: 'getFinding',
    method: 'GET',
    path: '/v1/findings/{id}',
    handledBy: 'audit',
    summary: 'One finding',
    schemas: { answer: findingAnswer },
  },
];

/** Routes that say something of the very signature, as they stand under `/iam/v1` alone. */
const signed: readonly Omit<Route, 'authorization'>[] = [
  {
    operation: 'relaySessionToken',
    method: 'POST',
    path: '/iam/v1/session-tokens',
    handledBy: 'issuer',
    summary: 'Relays a GetSessionToken that the caller presigned with the key that signs this call',
    schemas: { query: credentialsQuery, body: sessionTokenBody, answer: sessionTokenAnswer },
  },
];

const open: readonly Omit<Route, 'authorization'>[] = [
  // Served by the function that may only read: strangers' requests stay away from STS.
  {
    operation: 'getHealth',
    method: 'GET',
    path: '/v1/health',
    handledBy: 'audit',
    summary: 'Whether the broker answers',
    schemas: { answer: healthAnswer },
  },
  {
    operation: 'getDeployment',
    method: 'GET',
    path: '/.well-known/daypass',
    handledBy: 'audit',
    summary: 'Version, region and issuers of this broker',
    schemas: { answer: deploymentAnswer },
  },
  {
    operation: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    handledBy: 'audit',
    summary: 'This API as OpenAPI 3.1',
    schemas: { answer: openApiAnswer },
  },
  {
    operation: 'getOpenIdConfiguration',
    method: 'GET',
    path: '/.well-known/openid-configuration',
    handledBy: 'audit',
    summary: 'This broker as an OIDC issuer, for profiles of mechanism web-identity',
    schemas: { answer: openIdConfigurationAnswer },
  },
  {
    operation: 'getJsonWebKeys',
    method: 'GET',
    path: publicKeysPath,
    handledBy: 'audit',
    summary: 'The keys that verify what this broker signs as an OIDC issuer',
    schemas: { answer: jsonWebKeysAnswer },
  },
  // Served by the function that reads assertions: it has no part in issuing credentials.
  {
    operation: 'beginSamlLogin',
    method: 'GET',
    path: '/v1/saml/login',
    handledBy: 'saml',
    summary: 'Sends a browser to the identity provider of an issuer of type saml',
    schemas: { query: samlLoginQuery, answerType: 'redirect' },
  },
  {
    operation: 'consumeSamlResponse',
    method: 'POST',
    path: '/v1/saml/acs',
    handledBy: 'saml',
    summary: 'Takes a SAML response, gives a bearer token of the broker for at most 15 minutes',
    schemas: { form: samlForm, answer: samlTokenAnswer },
  },
  {
    operation: 'getSamlMetadata',
    method: 'GET',
    path: '/v1/saml/metadata',
    handledBy: 'saml',
    summary: 'The broker as a SAML service provider',
    schemas: { answerType: 'application/samlmetadata+xml' },
  },
];

/** Every authenticated route exists twice: under `/v1` with a bearer token, and under `/iam/v1` with a signature. */
const twice = (those: readonly Omit<Route, 'authorization'>[]): readonly Route[] => [
  ...those.map((route): Route => ({ ...route, authorization: 'token' })),
  ...those.map((route): Route => ({ ...route, path: `/iam${route.path}`, authorization: 'iam' })),
];

/** Routes that are of the signature itself exist once. Which of all these a deployment has: `toDeployedRoutes`. */
export const routes: readonly Route[] = [
  ...twice([...authenticated, ...controlRoutes, ...integrationRoutes]),
  ...signed.map((route): Route => ({ ...route, authorization: 'iam' })),
  ...open.map((route): Route => ({ ...route, authorization: 'none' })),
];
