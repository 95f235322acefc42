/** What went wrong, in one line for the log and the audit. */
export const toErrorDetail = (cause: unknown): string =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
