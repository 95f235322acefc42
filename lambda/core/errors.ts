/**
 * What a caller can cause: one subclass for each meaning, with a code that never changes once released. `message`
 * is safe to show; `detail` is for the audit record and the log alone.
 */
export abstract class BrokerError extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
  /** HTTP status. */
  abstract readonly status: number;
  readonly detail: string | undefined;
  /** Further members of the problem document: safe to show. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Seconds after which a repeat may succeed: becomes Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: BrokerErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.detail = options.detail;
    this.extensions = options.extensions ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

export interface BrokerErrorOptions {
  readonly detail?: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** The request cannot be understood: body, field, parameter or header. */
export class InvalidRequestError extends BrokerError {
  readonly name = 'InvalidRequestError';
  readonly code = 'invalid-request';
  readonly status = 400;
}

/** `durationSeconds` is outside what the profile gives; nothing is clamped. */
export class DurationOutOfRangeError extends BrokerError {
  readonly name = 'DurationOutOfRangeError';
  readonly code = 'duration-out-of-range';
  readonly status = 400;
}

/** The profile wants a reason and the request has none. */
export class ReasonRequiredError extends BrokerError {
  readonly name = 'ReasonRequiredError';
  readonly code = 'reason-required';
  readonly status = 400;
}

/** A session tag that the profile does not accept from callers. */
export class SessionTagNotAcceptedError extends BrokerError {
  readonly name = 'SessionTagNotAcceptedError';
  readonly code = 'session-tag-not-accepted';
  readonly status = 400;
}

/** A session policy of the caller's that could widen the profile, or one where the profile accepts none. */
export class SessionPolicyNotAcceptedError extends BrokerError {
  readonly name = 'SessionPolicyNotAcceptedError';
  readonly code = 'session-policy-not-accepted';
  readonly status = 400;
}

/** The profile gives credentials, but no links that sign in to the console. */
export class ConsoleNotOfferedError extends BrokerError {
  readonly name = 'ConsoleNotOfferedError';
  readonly code = 'console-not-offered';
  readonly status = 400;
}

/** The profile gives tokens that AWS signs, and no credentials. */
export class CredentialsNotOfferedError extends BrokerError {
  readonly name = 'CredentialsNotOfferedError';
  readonly code = 'credentials-not-offered';
  readonly status = 400;
}

/** The profile gives credentials, but no tokens that AWS signs. */
export class WebIdentityTokenNotOfferedError extends BrokerError {
  readonly name = 'WebIdentityTokenNotOfferedError';
  readonly code = 'web-identity-token-not-offered';
  readonly status = 400;
}

/** The profile gives tokens that AWS signs, but for other audiences. */
export class AudienceNotOfferedError extends BrokerError {
  readonly name = 'AudienceNotOfferedError';
  readonly code = 'audience-not-offered';
  readonly status = 400;
}

/** What would be sent to STS exceeds one of its limits, or STS says that its packed form does. */
export class SessionTooLargeError extends BrokerError {
  readonly name = 'SessionTooLargeError';
  readonly code = 'session-too-large';
  readonly status = 400;
}

/** The caller's own assertion is not one that AWS's sign-in would take for this profile, or there is none. */
export class InvalidSamlAssertionError extends BrokerError {
  readonly name = 'InvalidSamlAssertionError';
  readonly code = 'invalid-saml-assertion';
  readonly status = 400;
}

/** STS would see the caller's own bearer token, and this request has none, or one too long. */
export class BearerTokenRequiredError extends BrokerError {
  readonly name = 'BearerTokenRequiredError';
  readonly code = 'bearer-token-required';
  readonly status = 400;
}

/** AWS STS can read no refusal in the encoded message. */
export class InvalidAuthorizationMessageError extends BrokerError {
  readonly name = 'InvalidAuthorizationMessageError';
  readonly code = 'invalid-authorization-message';
  readonly status = 400;
}

/** The proof expired between the authorizer and the function behind it. */
export class ProofExpiredError extends BrokerError {
  readonly name = 'ProofExpiredError';
  readonly code = 'unauthenticated';
  readonly status = 401;
}

/** The proof may have one effect, and had it. */
export class ProofReplayedError extends BrokerError {
  readonly name = 'ProofReplayedError';
  readonly code = 'proof-already-used';
  readonly status = 401;
}

/** The route is called several times with one token, and this proof may have one effect. */
export class SingleUseProofError extends BrokerError {
  readonly name = 'SingleUseProofError';
  readonly code = 'single-use-proof';
  readonly status = 400;
}

/** Denied by policy. Reads the same for an unknown, a forbidden and a mismatched profile. */
export class AccessDeniedError extends BrokerError {
  readonly name = 'AccessDeniedError';
  readonly code = 'access-denied';
  readonly status = 403;
}

/** The integration's trust allows it, but its role is not proven to enforce its ExternalId. */
export class IntegrationNotVerifiedError extends BrokerError {
  readonly name = 'IntegrationNotVerifiedError';
  readonly code = 'integration-not-verified';
  readonly status = 403;
}

/** The integration's trust allows it, but somebody or the schedule has suspended it. */
export class IntegrationSuspendedError extends BrokerError {
  readonly name = 'IntegrationSuspendedError';
  readonly code = 'integration-suspended';
  readonly status = 403;
}

/** The caller, or everybody, is suspended by an operator. */
export class SuspendedError extends BrokerError {
  readonly name = 'SuspendedError';
  readonly code = 'suspended';
  readonly status = 403;
}

/** Allowed by policy here, refused by AWS STS: the target role's trust policy, its limits or an organization's policy. */
export class RefusedByStsError extends BrokerError {
  readonly name = 'RefusedByStsError';
  readonly code = 'refused-by-sts';
  readonly status = 403;
}

/** The account of the profile's role signs no tokens for anybody: its operator has not enabled it. */
export class OutboundFederationDisabledError extends BrokerError {
  readonly name = 'OutboundFederationDisabledError';
  readonly code = 'outbound-federation-disabled';
  readonly status = 403;
}

/** The event did not come through this deployment's own API, stage and path. */
export class ForeignEventError extends BrokerError {
  readonly name = 'ForeignEventError';
  readonly code = 'foreign-event';
  readonly status = 403;
}

/** No such issuance, or not one that the caller may see. */
export class IssuanceNotFoundError extends BrokerError {
  readonly name = 'IssuanceNotFoundError';
  readonly code = 'issuance-not-found';
  readonly status = 404;
}

/** No issuer of type `saml` goes by that name, or there is not the one that a request without a name means. */
export class SamlIssuerNotFoundError extends BrokerError {
  readonly name = 'SamlIssuerNotFoundError';
  readonly code = 'saml-issuer-not-found';
  readonly status = 404;
}

/** No profile of this broker has the mechanism `web-identity`: it is nobody's OIDC issuer. */
export class NoOidcIssuerError extends BrokerError {
  readonly name = 'NoOidcIssuerError';
  readonly code = 'no-oidc-issuer';
  readonly status = 404;
}

/** No integration of this name, or it was deleted. */
export class IntegrationNotFoundError extends BrokerError {
  readonly name = 'IntegrationNotFoundError';
  readonly code = 'integration-not-found';
  readonly status = 404;
}

/** No such finding, or none that the caller may see. */
export class FindingNotFoundError extends BrokerError {
  readonly name = 'FindingNotFoundError';
  readonly code = 'finding-not-found';
  readonly status = 404;
}

/** Nothing of this id was ever suspended. */
export class SuspensionNotFoundError extends BrokerError {
  readonly name = 'SuspensionNotFoundError';
  readonly code = 'suspension-not-found';
  readonly status = 404;
}

/** The issuance gave nothing, it has expired, or no policy can end what it gave. */
export class NotRevocableError extends BrokerError {
  readonly name = 'NotRevocableError';
  readonly code = 'not-revocable';
  readonly status = 409;
}

/** The name belongs to an integration, or did: it is never given again. */
export class IntegrationNameTakenError extends BrokerError {
  readonly name = 'IntegrationNameTakenError';
  readonly code = 'integration-name-taken';
  readonly status = 409;
}

/** What is changed in the primary region alone, asked of another. */
export class NotPrimaryRegionError extends BrokerError {
  readonly name = 'NotPrimaryRegionError';
  readonly code = 'not-the-primary-region';
  readonly status = 409;
}

/** The integration is in a state that does not take this change. */
export class IntegrationStateError extends BrokerError {
  readonly name = 'IntegrationStateError';
  readonly code = 'integration-state-conflict';
  readonly status = 409;
}

/** The change was made for another version than the newest one: somebody else's came first, and stands. */
export class VersionConflictError extends BrokerError {
  readonly name = 'VersionConflictError';
  readonly code = 'version-conflict';
  readonly status = 412;
}

/** A change that does not say for which version it was made. */
export class VersionRequiredError extends BrokerError {
  readonly name = 'VersionRequiredError';
  readonly code = 'version-required';
  readonly status = 428;
}

/** The body exceeds its limit in bytes, depth or keys. */
export class RequestTooLargeError extends BrokerError {
  readonly name = 'RequestTooLargeError';
  readonly code = 'request-too-large';
  readonly status = 413;
}

/** The body is of another media type than `application/json`. */
export class UnsupportedMediaTypeError extends BrokerError {
  readonly name = 'UnsupportedMediaTypeError';
  readonly code = 'unsupported-media-type';
  readonly status = 415;
}

/** STS throttled the call: nothing was minted. */
export class StsThrottledError extends BrokerError {
  readonly name = 'StsThrottledError';
  readonly code = 'sts-throttled';
  readonly status = 429;
}

/** The principal asked more often in this minute than one may, refusals included. */
export class TooManyAttemptsError extends BrokerError {
  readonly name = 'TooManyAttemptsError';
  readonly code = 'too-many-attempts';
  readonly status = 429;
}

/** The caller changed the integration too often: each change is kept for ever. */
export class TooManyChangesError extends BrokerError {
  readonly name = 'TooManyChangesError';
  readonly code = 'too-many-changes';
  readonly status = 429;
}

/** STS could not be reached: nothing was minted. */
export class StsUnavailableError extends BrokerError {
  readonly name = 'StsUnavailableError';
  readonly code = 'sts-unavailable';
  readonly status = 503;
}

/** STS may have minted a session, but its answer was lost, late or unreadable: nothing was released. */
export class StsOutcomeUnknownError extends BrokerError {
  readonly name = 'StsOutcomeUnknownError';
  readonly code = 'sts-outcome-unknown';
  readonly status = 503;
}

/** The federation endpoint gave no sign-in token for a session that STS had given: nothing was released. */
export class ConsoleUnavailableError extends BrokerError {
  readonly name = 'ConsoleUnavailableError';
  readonly code = 'console-unavailable';
  readonly status = 503;
}

/** The audit cannot be written or read. Without a durable row nothing is issued. */
export class AuditUnavailableError extends BrokerError {
  readonly name = 'AuditUnavailableError';
  readonly code = 'audit-unavailable';
  readonly status = 503;
}

/** What is suspended, or how often a principal asked, cannot be read or written. What cannot be read is never taken for none. */
export class ControlsUnavailableError extends BrokerError {
  readonly name = 'ControlsUnavailableError';
  readonly code = 'controls-unavailable';
  readonly status = 503;
}

/** The integrations cannot be read or written. What cannot be read is never taken for none. */
export class IntegrationsUnavailableError extends BrokerError {
  readonly name = 'IntegrationsUnavailableError';
  readonly code = 'integrations-unavailable';
  readonly status = 503;
}

/** The function that verifies integrations gave no answer: nothing is concluded. */
export class VerificationUnavailableError extends BrokerError {
  readonly name = 'VerificationUnavailableError';
  readonly code = 'verification-unavailable';
  readonly status = 503;
}

/** Whether a proof was used before cannot be found out, and so it is not taken. */
export class ProofRegisterUnavailableError extends BrokerError {
  readonly name = 'ProofRegisterUnavailableError';
  readonly code = 'replay-check-unavailable';
  readonly status = 503;
}

/** AWS STS does not take the credentials of the broker itself. */
export class BrokerCredentialsRefusedError extends BrokerError {
  readonly name = 'BrokerCredentialsRefusedError';
  readonly code = 'broker-credentials-refused';
  readonly status = 503;
}

/** The federator's key cannot be read, so that GetFederationToken cannot be called. */
export class FederatorKeyUnavailableError extends BrokerError {
  readonly name = 'FederatorKeyUnavailableError';
  readonly code = 'federator-key-unavailable';
  readonly status = 503;
}

/** The key of the broker's own tokens cannot be used now. */
export class TokenKeyUnavailableError extends BrokerError {
  readonly name = 'TokenKeyUnavailableError';
  readonly code = 'token-key-unavailable';
  readonly status = 503;
}
