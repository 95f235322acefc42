import type { Secret } from './secret.ts';
import type { SecretCall } from './secret-call.ts';
import { notFound } from './staging-labels.ts';

/** @throws AwsError ResourceNotFoundException */
export function requireSecret({ secret }: Pick<SecretCall, 'secret'>): Secret {
  if (secret !== undefined) return secret;
  throw notFound("Secrets Manager can't find the specified secret.");
}
