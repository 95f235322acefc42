import { describe, expect, it } from '@jest/globals';
import * as errors from '../../../lambda/core/errors.ts';

const { BrokerError, ...subclasses } = errors;

/** Codes never change once released: what a caller's program branches on. */
const contract = [
  ['InvalidRequestError', 400, 'invalid-request'],
  ['DurationOutOfRangeError', 400, 'duration-out-of-range'],
  ['ReasonRequiredError', 400, 'reason-required'],
  ['SessionTagNotAcceptedError', 400, 'session-tag-not-accepted'],
  ['SessionPolicyNotAcceptedError', 400, 'session-policy-not-accepted'],
  ['ConsoleNotOfferedError', 400, 'console-not-offered'],
  ['CredentialsNotOfferedError', 400, 'credentials-not-offered'],
  ['WebIdentityTokenNotOfferedError', 400, 'web-identity-token-not-offered'],
  ['AudienceNotOfferedError', 400, 'audience-not-offered'],
  ['SessionTooLargeError', 400, 'session-too-large'],
  ['InvalidAuthorizationMessageError', 400, 'invalid-authorization-message'],
  ['InvalidSamlAssertionError', 400, 'invalid-saml-assertion'],
  ['BearerTokenRequiredError', 400, 'bearer-token-required'],
  ['ProofExpiredError', 401, 'unauthenticated'],
  ['ProofReplayedError', 401, 'proof-already-used'],
  ['SingleUseProofError', 400, 'single-use-proof'],
  ['AccessDeniedError', 403, 'access-denied'],
  ['RefusedByStsError', 403, 'refused-by-sts'],
  ['OutboundFederationDisabledError', 403, 'outbound-federation-disabled'],
  ['IntegrationNotVerifiedError', 403, 'integration-not-verified'],
  ['IntegrationSuspendedError', 403, 'integration-suspended'],
  ['SuspendedError', 403, 'suspended'],
  ['ForeignEventError', 403, 'foreign-event'],
  ['IssuanceNotFoundError', 404, 'issuance-not-found'],
  ['SamlIssuerNotFoundError', 404, 'saml-issuer-not-found'],
  ['NoOidcIssuerError', 404, 'no-oidc-issuer'],
  ['IntegrationNotFoundError', 404, 'integration-not-found'],
  ['FindingNotFoundError', 404, 'finding-not-found'],
  ['SuspensionNotFoundError', 404, 'suspension-not-found'],
  ['NotRevocableError', 409, 'not-revocable'],
  ['IntegrationNameTakenError', 409, 'integration-name-taken'],
  ['NotPrimaryRegionError', 409, 'not-the-primary-region'],
  ['IntegrationStateError', 409, 'integration-state-conflict'],
  ['VersionConflictError', 412, 'version-conflict'],
  ['VersionRequiredError', 428, 'version-required'],
  ['RequestTooLargeError', 413, 'request-too-large'],
  ['UnsupportedMediaTypeError', 415, 'unsupported-media-type'],
  ['StsThrottledError', 429, 'sts-throttled'],
  ['TooManyAttemptsError', 429, 'too-many-attempts'],
  ['TooManyChangesError', 429, 'too-many-changes'],
  ['StsUnavailableError', 503, 'sts-unavailable'],
  ['StsOutcomeUnknownError', 503, 'sts-outcome-unknown'],
  ['ConsoleUnavailableError', 503, 'console-unavailable'],
  ['AuditUnavailableError', 503, 'audit-unavailable'],
  ['ControlsUnavailableError', 503, 'controls-unavailable'],
  ['IntegrationsUnavailableError', 503, 'integrations-unavailable'],
  ['ProofRegisterUnavailableError', 503, 'replay-check-unavailable'],
  ['BrokerCredentialsRefusedError', 503, 'broker-credentials-refused'],
  ['FederatorKeyUnavailableError', 503, 'federator-key-unavailable'],
  ['TokenKeyUnavailableError', 503, 'token-key-unavailable'],
  ['VerificationUnavailableError', 503, 'verification-unavailable'],
] as const;

describe('broker errors', () => {
  it.each(contract)('of class %s have status %i and code %s', (name, status, code) => {
    const error = new subclasses[name]('not so');

    expect({ name: error.name, status: error.status, code: error.code }).toEqual({ name, status, code });
  });

  it('are all in the contract', () => {
    const exported = Object.keys(subclasses);

    expect(exported.sort()).toEqual(contract.map(([name]) => name).sort());
  });

  it('have a code each of their own', () => {
    const codes = contract.map(([, , code]) => code);

    expect(new Set(codes).size).toBe(codes.length);
  });

  it('keep what is private apart from the message', () => {
    const cause = new Error('connect ECONNREFUSED');

    const error = new errors.AccessDeniedError('no profile that you may use', {
      detail: 'no such profile',
      extensions: { owner: 'platform-team@example.com' },
      retryAfterSeconds: 5,
      cause,
    });

    expect(error).toBeInstanceOf(BrokerError);
    expect(error.message).toBe('no profile that you may use');
    expect(error.detail).toBe('no such profile');
    expect(error.extensions).toEqual({ owner: 'platform-team@example.com' });
    expect(error.retryAfterSeconds).toBe(5);
    expect(error.cause).toBe(cause);
  });

  it('have no cause and no extensions unless they are given', () => {
    const error = new errors.InvalidRequestError('not so');

    expect('cause' in error).toBe(false);
    expect(error.extensions).toEqual({});
    expect(error.detail).toBeUndefined();
  });
});
