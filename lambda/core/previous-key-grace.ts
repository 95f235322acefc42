import type { SecretDescription, SecretVersion } from './federator-rotation-ports.ts';

/** How long the key that was replaced stays active: whoever reads the secret may have it cached for some minutes. */
const graceMs = 3_600_000;

/** After this nothing that happens to the secret makes the key that was replaced stay on. */
const longestGraceMs = 7 * 86_400_000;

/**
 * Whether the key before the current one may still be in use.
 *
 * Secrets Manager does not say reliably since when a version is current: its date of the last rotation is that of the
 * rotation before when a function is killed between moving the label and answering. The secret's last change is no earlier, whatever
 * it was, and it survives a restart: waiting for an hour without any change can be late, but never early. Something that
 * changes the secret every hour, such as a bot that tags, would make it late for ever; a week after the current version
 * was made it no longer counts.
 */
export const isPreviousKeyWanted = ({
  description,
  current,
  nowMs,
}: {
  readonly description: SecretDescription;
  readonly current: SecretVersion;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}): boolean => nowMs - description.lastChangedAtMs < graceMs && nowMs - current.createdAtMs < longestGraceMs;
