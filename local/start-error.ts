import { systemErrorCode } from './system-error-code.ts';

/** The local run cannot start, and whoever started it can do something about it: one line or several, no stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Starts a server, and says which flag to change when its port can't be had.
 *
 * @throws StartError for a port that is taken or not permitted; whatever else `start` throws
 */
export async function onPort<T>(port: number, flag: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const code = systemErrorCode(error);
    const reason = code === 'EADDRINUSE' ? 'is in use' : code === 'EACCES' ? 'is not permitted' : undefined;
    if (reason === undefined) throw error;
    throw new StartError(
      `port ${port} ${reason}; choose another with ${flag} N, or ${flag} 0 for a free one`,
      {
        cause: error,
      },
    );
  }
}
