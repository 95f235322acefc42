import {
  type BrokerError,
  FederatorKeyUnavailableError,
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
  /** What STS was asked for, such as `the role of profile reports`. */
  readonly wanted: string;
  readonly contact: ErrorContact;
}

/** What the caller is told of an answer that gave nothing. Why is for the auditors: STS's words name roles. */
export function toStsError(failure: StsFailure, { id, wanted, contact }: FailedAttempt): BrokerError {
  const { errorCode, detail } = failure;
  const options = {
    detail: `${errorCode}: ${detail}`,
    extensions: { issuanceId: id, ...contact.extensions },
  };
  switch (failure.state) {
    case 'REFUSED':
      return errorCode === 'PackedPolicyTooLarge'
        ? new SessionTooLargeError(
            `the session tags and policies for ${wanted} exceed the packed size that STS takes; ask for fewer or shorter tags`,
            options,
          )
        : new RefusedByStsError(
            `AWS STS refused ${wanted}: its owner can see why in the audit, by this issuance`,
            options,
          );
    case 'UNKNOWN':
      return new StsOutcomeUnknownError(
        'AWS STS gave no readable answer in time; nothing was released, and a repeat is a new issuance',
        { ...options, retryAfterSeconds: 5 },
      );
    case 'FAILED':
      return failures[failure.cause](options);
  }
}

type Options = Pick<FailedAttempt['contact'], 'extensions'> & { readonly detail: string };

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
