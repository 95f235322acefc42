/** A member of whatever was thrown; the SDK's errors take theirs from the answer, where each may be of any type. */
export function findText(thrown: unknown, member: string): string | undefined {
  const value: unknown = Reflect.get(Object(thrown), member);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What went wrong, in one line for the log and the audit. */
export const toErrorDetail = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
