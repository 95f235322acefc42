import {
  integrationKeysSchema,
  integrationSchema,
  newIntegrationSchema,
} from '../core/integrations/integration-schema.ts';
import { documentLimits } from './body-limits.ts';
import { consoleAnswer, toIntegrationConsoleBody } from './console-schemas.ts';
import {
  containerCredentialsAnswer,
  credentialsAnswer,
  credentialsBody,
  credentialsQuery,
  explainIntegrationAnswer,
} from './credential-schemas.ts';
import {
  changeQuery,
  historyAnswer,
  historyQuery,
  integrationAnswer,
  integrationsAnswer,
  integrationsQuery,
  onboardingAnswer,
  onboardingQuery,
  ownIntegrationAnswer,
  ownIssuancesAnswer,
  ownIssuancesQuery,
  reasonBody,
  retireBody,
  suspendBody,
  verifyAnswer,
} from './integration-schemas.ts';
import type { Route, RouteSchemas } from './routes.ts';

type IntegrationRoute = Omit<Route, 'authorization'>;

const versioned = { answer: integrationAnswer, versioned: true } as const satisfies RouteSchemas;
const onboarding = {
  ...{ query: onboardingQuery, answer: onboardingAnswer },
  textTypes: ['application/yaml', 'text/plain', 'text/markdown'],
} as const satisfies RouteSchemas;
const changing = { ...versioned, conditional: true } as const satisfies RouteSchemas;

/** Of those whom the configuration's `integrations` section trusts. */
const managing: readonly IntegrationRoute[] = [
  {
    operation: 'listIntegrations',
    method: 'GET',
    path: '/v1/integrations',
    handledBy: 'integrations',
    summary: 'The integrations, by name',
    schemas: { query: integrationsQuery, answer: integrationsAnswer },
  },
  {
    operation: 'createIntegration',
    method: 'POST',
    path: '/v1/integrations',
    handledBy: 'integrations',
    limits: documentLimits,
    summary: 'Makes an integration, with an ExternalId of its own',
    schemas: { body: newIntegrationSchema, ...versioned, status: 201 },
  },
  {
    operation: 'getIntegration',
    method: 'GET',
    path: '/v1/integrations/{id}',
    handledBy: 'integrations',
    summary: 'One integration, with its ExternalIds',
    schemas: versioned,
  },
  {
    operation: 'updateIntegration',
    method: 'PUT',
    path: '/v1/integrations/{id}',
    handledBy: 'integrations',
    limits: documentLimits,
    summary: 'Replaces all settings; another role has another ExternalId',
    schemas: { query: changeQuery, body: integrationSchema, ...changing },
  },
  {
    operation: 'deleteIntegration',
    method: 'DELETE',
    path: '/v1/integrations/{id}',
    handledBy: 'integrations',
    summary: 'Deletes it for ever: its name and ExternalIds stay taken',
    schemas: { query: changeQuery, ...changing },
  },
  {
    operation: 'suspendIntegration',
    method: 'POST',
    path: '/v1/integrations/{id}/suspend',
    handledBy: 'integrations',
    summary: 'Ends issuing for it, for a reason that the third party sees',
    // At once, whatever else is being changed.
    schemas: { body: suspendBody, ...versioned, conditional: 'optional' },
  },
  {
    operation: 'resumeIntegration',
    method: 'POST',
    path: '/v1/integrations/{id}/resume',
    handledBy: 'integrations',
    summary: 'Ends a suspension; it is to be verified before it issues again',
    schemas: { body: reasonBody, ...changing },
  },
  {
    operation: 'rotateExternalId',
    method: 'POST',
    path: '/v1/integrations/{id}/rotate',
    handledBy: 'integrations',
    summary: 'Makes the next ExternalId, which becomes the current one once it is verified',
    schemas: { body: reasonBody, ...changing },
  },
  {
    operation: 'retireExternalId',
    method: 'POST',
    path: '/v1/integrations/{id}/retire',
    handledBy: 'integrations',
    summary: "Gives the next ExternalId up, or ends the previous one's grace period",
    schemas: { body: retireBody, ...changing },
  },
  {
    operation: 'getIntegrationHistory',
    method: 'GET',
    path: '/v1/integrations/{id}/history',
    handledBy: 'integrations',
    summary: 'Every change: who, when, what before and after; of a deleted one too',
    schemas: { query: historyQuery, answer: historyAnswer },
  },
  {
    operation: 'getOnboardingKit',
    method: 'GET',
    path: '/v1/integrations/{id}/onboarding',
    handledBy: 'integrations',
    summary: 'All that the third party needs to make its role; with ?format= one form as text',
    schemas: onboarding,
  },
  {
    operation: 'verifyIntegration',
    method: 'POST',
    path: '/v1/integrations/{id}/verify',
    handledBy: 'integrations',
    summary: 'Proves that the role enforces the ExternalId, or says what to change in it',
    schemas: { answer: verifyAnswer, versioned: true },
  },
  {
    operation: 'replaceIntegrationKeys',
    method: 'PUT',
    path: '/v1/integrations/{id}/keys',
    handledBy: 'integrations',
    limits: documentLimits,
    summary: 'Replaces the public keys by which the third party calls the broker',
    schemas: { query: changeQuery, body: integrationKeysSchema, ...changing },
  },
];

/** Of a third party that calls the broker itself. */
const own: readonly IntegrationRoute[] = [
  {
    operation: 'getOwnIntegration',
    method: 'GET',
    path: '/v1/integrations/self',
    handledBy: 'integrations',
    summary: "The third party's own integration: its ExternalId, and why it is suspended",
    schemas: { answer: ownIntegrationAnswer, versioned: true },
  },
  {
    operation: 'listOwnIssuances',
    method: 'GET',
    path: '/v1/integrations/self/issuances',
    handledBy: 'integrations',
    summary: 'What the third party asked for, or what was asked of its role; newest first',
    schemas: { query: ownIssuancesQuery, answer: ownIssuancesAnswer },
  },
  {
    operation: 'getOwnOnboardingKit',
    method: 'GET',
    path: '/v1/integrations/self/onboarding',
    handledBy: 'integrations',
    summary: "The third party's own onboarding kit",
    schemas: onboarding,
  },
  {
    operation: 'replaceOwnKeys',
    method: 'PUT',
    path: '/v1/integrations/self/keys',
    handledBy: 'integrations',
    limits: documentLimits,
    summary: "Replaces the third party's own public keys",
    schemas: {
      ...{ query: changeQuery, body: integrationKeysSchema },
      ...{ answer: ownIntegrationAnswer, versioned: true, conditional: true },
    },
  },
];

/** Of those whom an integration's own trust statements allow. */
const issuing: readonly IntegrationRoute[] = [
  {
    operation: 'issueIntegrationCredentials',
    method: 'POST',
    path: '/v1/integrations/{id}/credentials',
    handledBy: 'integration-issuer',
    summary: "Issues temporary credentials of a third party's role",
    schemas: {
      ...{ query: credentialsQuery, body: credentialsBody },
      ...{ answer: credentialsAnswer, textTypes: ['text/plain'] },
    },
  },
  {
    operation: 'getIntegrationContainerCredentials',
    method: 'GET',
    path: '/v1/integrations/{id}/container-credentials',
    handledBy: 'integration-issuer',
    summary: 'Issues them in the shape that AWS SDKs read from AWS_CONTAINER_CREDENTIALS_FULL_URI',
    schemas: { answer: containerCredentialsAnswer },
  },
  {
    operation: 'openIntegrationConsole',
    method: 'POST',
    path: '/v1/integrations/{id}/console',
    handledBy: 'integration-issuer',
    summary: "Issues a link that signs in to the AWS console as a third party's role",
    schemas: { body: toIntegrationConsoleBody('aws'), answer: consoleAnswer },
  },
  {
    operation: 'explainIntegrationIssuance',
    method: 'POST',
    path: '/v1/integrations/{id}/explain',
    handledBy: 'integration-issuer',
    summary: 'Says what issuing would give and why, without issuing',
    schemas: { body: credentialsBody, answer: explainIntegrationAnswer },
  },
];

/** Routes of third parties, as they stand under `/v1`. What is spelt out goes before what a parameter takes. */
export const integrationRoutes: readonly IntegrationRoute[] = [...own, ...managing, ...issuing];
