import { TokenRefusedError } from '../../lambda/core/authentication-errors.ts';

/** The reason for which the token is refused; `undefined` when it is not. Any other error goes through. */
export async function refusalOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof TokenRefusedError) return error.reason;
    throw error;
  }
}
