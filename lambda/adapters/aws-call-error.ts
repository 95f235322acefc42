import { findText } from './error-detail.ts';
import { withoutQuotes } from './without-quotes.ts';

/** A call of AWS that failed, without the SDK's own error: that one carries the answer, which may hold a secret. */
export class AwsCallError extends Error {
  override readonly name = 'AwsCallError';
  /** As AWS names it, such as `LimitExceededException`. */
  readonly code: string;

  constructor(operation: string, code: string, detail: string) {
    super(`${operation} failed: ${code}: ${detail}`);
    this.code = code;
  }
}

const maxDetailLength = 500;

/**
 * What went wrong with a call whose request or answer holds a secret.
 *
 * @param secrets what must not be shown, should AWS quote its request
 */
export function toAwsCallError(
  operation: string,
  error: unknown,
  secrets: readonly string[] = [],
): AwsCallError {
  if (error instanceof AwsCallError) return error;
  const thrown = Object(error) as object;
  const code = findText(thrown, 'name') ?? 'Error';
  // Only services' own answers have a fault; a parser's message quotes what it could not parse.
  const isAnswer = findText(thrown, '$fault') !== undefined;
  const isUnreadable = !isAnswer && (error instanceof SyntaxError || Object.hasOwn(thrown, '$response'));
  const detail = isUnreadable
    ? 'the answer could not be read'
    : (findText(thrown, 'message') ?? 'no message');
  const shown = secrets.reduce((text, secret) => withoutQuotes(text, secret, '(secret)'), detail);
  return new AwsCallError(operation, code, shown.slice(0, maxDetailLength).toWellFormed());
}

/**
 * What the call gives, or an `AwsCallError` of it.
 *
 * @param secrets what must not be shown, should AWS quote its request
 */
export async function orCallError<Answer>(
  operation: string,
  call: () => Promise<Answer>,
  secrets: readonly string[] = [],
): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    throw toAwsCallError(operation, error, secrets);
  }
}
