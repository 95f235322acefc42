import { AssertionRefusedError } from '../../lambda/core/authentication-errors.ts';

/** The reason for which a response is refused; `undefined` when it is not. Any other error goes through. */
export async function assertionRefusalOf(act: () => unknown): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof AssertionRefusedError) return error.reason;
    throw error;
  }
}
