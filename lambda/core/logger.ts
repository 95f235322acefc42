/** What a log line may carry beyond its message. Never an event, a header, a token, a claim or a credential. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One line for each call. Never throws: a log that cannot be written must not change an outcome. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
