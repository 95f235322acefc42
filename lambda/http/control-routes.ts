import {
  liftBody,
  revocationAnswer,
  revocationsAnswer,
  revocationsQuery,
  revokeAllBody,
  revokeBody,
  suspendBody,
  suspensionAnswer,
  suspensionsAnswer,
  suspensionsQuery,
} from './control-schemas.ts';
import type { Route } from './routes.ts';

type ControlRoute = Omit<Route, 'authorization'>;

/** Of those whom the configuration's `controls` section trusts, as they stand under `/v1`. */
export const controlRoutes: readonly ControlRoute[] = [
  {
    operation: 'listSuspensions',
    method: 'GET',
    path: '/v1/suspensions',
    handledBy: 'controls',
    summary: 'What is suspended, by whom and why',
    schemas: { query: suspensionsQuery, answer: suspensionsAnswer },
  },
  {
    operation: 'suspend',
    method: 'POST',
    path: '/v1/suspensions',
    handledBy: 'controls',
    summary: 'Suspends a principal, a profile, an issuer, an integration or everything, at once',
    schemas: { body: suspendBody, answer: suspensionAnswer, versioned: true },
  },
  {
    operation: 'liftSuspension',
    method: 'POST',
    path: '/v1/suspensions/{id}/lift',
    handledBy: 'controls',
    summary: 'Ends a suspension',
    schemas: { body: liftBody, answer: suspensionAnswer, versioned: true, conditional: 'optional' },
  },
  {
    operation: 'revokeIssuance',
    method: 'POST',
    path: '/v1/issuances/{id}/revocation',
    handledBy: 'controls',
    summary: 'Says what ends the very session of an issuance, or does it',
    schemas: { body: revokeBody, answer: revocationAnswer },
  },
  {
    operation: 'revokeAll',
    method: 'POST',
    path: '/v1/revocations',
    handledBy: 'controls',
    summary: 'The same for all sessions of a principal, or of a role, before an instant',
    schemas: { body: revokeAllBody, answer: revocationAnswer },
  },
  {
    operation: 'listRevocations',
    method: 'GET',
    path: '/v1/revocations',
    handledBy: 'controls',
    summary: 'The revocations, newest first, and what became of their policies',
    schemas: { query: revocationsQuery, answer: revocationsAnswer },
  },
];
