import { BrokerError } from './errors.ts';

/** What went wrong, for the audit. A message of unknown origin could quote a secret: of such an error the name alone. */
export const toPrivateDetail = (error: unknown): string =>
  (error instanceof BrokerError ? error.detail : undefined) ??
  (error instanceof Error ? error.name : 'an error without a name');
