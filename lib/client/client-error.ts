/** Why a call of the broker came to nothing, from the caller's side. */
export type ClientErrorCode =
  /** The command or the option was asked for wrongly. */
  | 'usage'
  /** There is no login, or it has ended and can't be renewed. */
  | 'not-logged-in'
  /** The broker, or AWS behind it, said no: another attempt has the same answer. */
  | 'refused'
  /** Broker or issuer can't be reached, or can't answer now: another attempt may do. */
  | 'unavailable'
  /** Whoever sat there stopped it. */
  | 'interrupted'
  /** All else, such as a file that can't be read or written. */
  | 'failed';

/**
 * What somebody at a terminal is told. The message is lower case, without a full stop, and holds no secret; `hint`
 * says what to do next.
 */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly code: ClientErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: ClientErrorCode,
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
