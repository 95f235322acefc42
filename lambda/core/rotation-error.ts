/** What keeps a step of the rotation from being done. */
export type RotationErrorCode =
  /** Not an event of Secrets Manager's rotation, nor one of the schedule's. */
  | 'malformed-event'
  /** The event is about another secret. */
  | 'foreign-secret'
  /** The token is not the version that is being rotated to. */
  | 'not-pending'
  /** No version is current, or the current one has no value. */
  | 'no-current-version'
  /** IAM counts two keys of the user: one more than it lists. */
  | 'key-limit'
  /** The user has two keys, and the previous one may still be in use. */
  | 'previous-key-active'
  /** What was read is too old to delete a key by. */
  | 'too-slow'
  /** What the pending version holds can never become current: the rotation was given up. */
  | 'abandoned'
  /** The pending version has no key yet. */
  | 'no-pending-key'
  /** The new key was not steadily accepted within the function's time. */
  | 'not-steady'
  /** The key is somebody else's. */
  | 'wrong-identity'
  /** The pending key did not pass its test. */
  | 'not-tested';

/** Fails the step, so that Secrets Manager repeats it. Its message is logged: it names access key ids, never a secret. */
export class RotationError extends Error {
  override readonly name = 'RotationError';
  readonly code: RotationErrorCode;

  constructor(code: RotationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
