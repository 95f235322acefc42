/** The handler threw: Lambda reports the error's name and message to whoever invoked it. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly errorType: string;
  readonly errorMessage: string;

  constructor(errorType: string, errorMessage: string) {
    super(`${errorType}: ${errorMessage}`);
    this.errorType = errorType;
    this.errorMessage = errorMessage;
  }
}

/** The function's process ended before it answered, or did not start. */
export class FunctionCrashedError extends Error {
  override readonly name = 'FunctionCrashedError';
}
