import type { FederatorSecret } from './federator-rotation-ports.ts';
import { readCurrent, requireCurrent } from './pending-version.ts';

/** How often the federator's key is replaced. */
export const rotationDays = 30;

/** What Secrets Manager may take to begin, and to repeat what failed. */
const patienceDays = 3;

const dayMs = 86_400_000;

/**
 * Whether the key in use is older than one becomes that is replaced in time: nobody asks for rotations any more, of which
 * no step that fails would tell.
 *
 * Rejects with `RotationError` `no-current-version`, and with whatever the port rejects with.
 */
export async function isRotationOverdue({
  secret,
  now,
}: {
  readonly secret: FederatorSecret;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Promise<boolean> {
  const current = await readCurrent(secret, requireCurrent(await secret.describe()));
  return now() - current.createdAtMs > (rotationDays + patienceDays) * dayMs;
}
