import { AwsError } from '../aws-error.ts';
import type { Secret, SecretValue, SecretVersion } from './secret.ts';
import { current, moveStage } from './staging-labels.ts';

/** Versions that a secret keeps; without labels they go first. */
const maximumVersions = 100;

export interface NewVersion {
  readonly versionId: string;
  readonly value: SecretValue | undefined;
  readonly stages: readonly string[];
  readonly nowMs: number;
}

/**
 * The secret with a version more. The same token with the same value again changes nothing; a version that a rotation
 * began empty is filled; one with another value can't be changed.
 * @throws AwsError ResourceExistsException, LimitExceededException
 */
export function putVersion(secret: Secret, { versionId, value, stages, nowMs }: NewVersion): Secret {
  const existing = secret.versions.find((version) => version.versionId === versionId);
  if (existing?.value !== undefined) {
    if (isSame(existing.value, value)) return secret;
    throw new AwsError(
      'ResourceExistsException',
      400,
      `The operation failed because the requested version ${versionId} already exists with another value.`,
    );
  }
  const filled: SecretVersion = {
    versionId,
    createdAtMs: existing?.createdAtMs ?? nowMs,
    stages: existing?.stages ?? [],
    value,
  };
  const others = secret.versions.filter((version) => version !== existing);
  // Whatever it was to be, the first value is the current one.
  const isFirst = others.every((version) => version.value === undefined) && value !== undefined;
  const labels = isFirst && !stages.includes(current) ? [current, ...stages] : stages;
  const versions = labels.reduce<readonly SecretVersion[]>(
    (all, label) => moveStage(all, label, versionId),
    [...others, filled],
  );
  return { ...secret, lastChangedAtMs: nowMs, versions: dropDeprecated(versions) };
}

const isSame = (a: SecretValue, b: SecretValue | undefined): boolean =>
  a.kind === b?.kind && a.text === b.text;

function dropDeprecated(versions: readonly SecretVersion[]): readonly SecretVersion[] {
  if (versions.length <= maximumVersions) return versions;
  const oldest = versions.find(({ stages }) => stages.length === 0);
  if (oldest === undefined) {
    throw new AwsError(
      'LimitExceededException',
      400,
      `A secret can have at most ${maximumVersions} versions with staging labels.`,
    );
  }
  return versions.filter((version) => version !== oldest);
}
