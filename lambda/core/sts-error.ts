import {
  BrokerCredentialsRefusedError,
  type BrokerError,
  DurationOutOfRangeError,
  FederatorKeyUnavailableError,
  InvalidAuthorizationMessageError,
  OutboundFederationDisabledError,
  RefusedByStsError,
  SessionTooLargeError,
  StsOutcomeUnknownError,
  StsThrottledError,
  StsUnavailableError,
  TokenKeyUnavailableError,
} from './errors.ts';
import type { ErrorContact } from './plan-session.ts';
import type { StsFailure } from './ports.ts';

/** The attempt that failed, as its caller is told of it. */
interface FailedAttempt {
  readonly id: string;
  /** What STS was asked for, such as `the session of profile reports`. */
  readonly wanted: string;
  readonly contact: ErrorContact;
  /** Whose credentials STS checked. */
  readonly signedBy: 'broker' | 'caller';
}

/** What the caller is told of an answer that gave nothing. Why is for the auditors: STS's words name roles. */
export function toStsError(
  failure: StsFailure,
  { id, wanted, contact, signedBy }: FailedAttempt,
): BrokerError {
  const { errorCode, detail } = failure;
  const options = {
    detail: `${errorCode}: ${detail}`,
    extensions: { issuanceId: id, ...contact.extensions },
  };
  switch (failure.state) {
    case 'REFUSED':
      return signedBy === 'broker' && ofCredentials.has(errorCode)
        ? new BrokerCredentialsRefusedError(
            "AWS STS does not take the broker's own credentials now; nothing was issued, try again in a while",
            { ...options, retryAfterSeconds: 30 },
          )
        : toRefusal(errorCode, wanted, options);
    case 'UNKNOWN':
      return new StsOutcomeUnknownError(
        'AWS STS gave no readable answer in time; nothing was released, and a repeat is a new issuance',
        { ...options, retryAfterSeconds: 5 },
      );
    case 'FAILED':
      return failures[failure.cause](options);
  }
}

/** The signature or its key is wrong, and nothing that was asked for. Source: AWS STS API reference, "Common errors". */
const ofCredentials = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/** Whether STS refused the credentials themselves: whose call it was is not proven then. */
export const isOfCredentials = (errorCode: string): boolean => ofCredentials.has(errorCode);

type Options = Pick<FailedAttempt['contact'], 'extensions'> & { readonly detail: string };

/** STS's model and its reference differ in whether a name ends in `Exception`. */
function toRefusal(errorCode: string, wanted: string, options: Options): BrokerError {
  switch (errorCode.replace(/Exception$/, '')) {
    case 'PackedPolicyTooLarge':
      return new SessionTooLargeError(
        `the session tags and policies for ${wanted} exceed the packed size that STS takes; ask for fewer or shorter tags`,
        options,
      );
    case 'JWTPayloadSizeExceeded':
      return new SessionTooLargeError(
        `${wanted} is larger than AWS signs, with the session tags of its role in it; its owner can say which may go`,
        options,
      );
    case 'SessionDurationEscalation':
      return new DurationOutOfRangeError(
        `${wanted} would outlive the session of its role; ask for fewer durationSeconds`,
        options,
      );
    case 'OutboundWebIdentityFederationDisabled':
      return new OutboundFederationDisabledError(
        `AWS signs no tokens in the account of the role: ${wanted} can be had once its operator has run "aws iam enable-outbound-web-identity-federation" there`,
        options,
      );
    case 'InvalidAuthorizationMessage':
      return new InvalidAuthorizationMessageError(
        "AWS STS cannot decode the message; allowed: one of a refusal in the broker's own account, whole, without line breaks, and not expired",
        options,
      );
    default:
      return new RefusedByStsError(
        `AWS STS refused ${wanted}: its owner can see why in the audit, by this issuance`,
        options,
      );
  }
}

/** Certainly nothing was minted. */
const failures: Readonly<
  Record<Extract<StsFailure, { state: 'FAILED' }>['cause'], (options: Options) => BrokerError>
> = {
  throttled: (options) =>
    new StsThrottledError('AWS STS throttled the call; nothing was issued, try again shortly', {
      ...options,
      retryAfterSeconds: 5,
    }),
  unreachable: (options) =>
    new StsUnavailableError('AWS STS could not be reached; nothing was issued, try again shortly', {
      ...options,
      retryAfterSeconds: 5,
    }),
  unsigned: (options) =>
    new TokenKeyUnavailableError(
      'the broker cannot sign a token now; nothing was issued, try again in a while',
      { ...options, retryAfterSeconds: 30 },
    ),
  keyless: (options) =>
    new FederatorKeyUnavailableError(
      "the broker cannot read the federator's key now; nothing was issued, try again in a while",
      { ...options, retryAfterSeconds: 30 },
    ),
};
