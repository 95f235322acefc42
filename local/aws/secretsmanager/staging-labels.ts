import { AwsError } from '../aws-error.ts';
import type { Secret, SecretVersion } from './secret.ts';

export const current = 'AWSCURRENT';
export const previous = 'AWSPREVIOUS';
export const pending = 'AWSPENDING';

type Versions = readonly SecretVersion[];

export const findStage = (versions: Versions, stage: string): SecretVersion | undefined =>
  versions.find(({ stages }) => stages.includes(stage));

/**
 * The versions with the label at one of them and at no other. The version that loses AWSCURRENT becomes AWSPREVIOUS.
 * Source: Secrets Manager guide, "Secret versions".
 */
export function moveStage(versions: Versions, stage: string, toVersionId: string | undefined): Versions {
  const from = findStage(versions, stage);
  if (from?.versionId === toVersionId) return versions;
  const moved = versions.map((version) => {
    const others = version.stages.filter((one) => one !== stage);
    return { ...version, stages: version.versionId === toVersionId ? [...others, stage] : others };
  });
  return stage === current && from !== undefined ? moveStage(moved, previous, from.versionId) : moved;
}

export interface StageUpdate {
  readonly stage: string;
  readonly removeFrom?: string;
  readonly moveTo?: string;
}

/** UpdateSecretVersionStage. @throws AwsError InvalidParameterException, ResourceNotFoundException */
export function updateStage(versions: Versions, { stage, removeFrom, moveTo }: StageUpdate): Versions {
  for (const versionId of [removeFrom, moveTo]) {
    if (versionId !== undefined) requireVersion(versions, versionId);
  }
  const holder = findStage(versions, stage)?.versionId;
  if (removeFrom !== undefined && removeFrom !== holder) {
    throw invalid(`The staging label ${stage} is not attached to version ${removeFrom}.`);
  }
  if (moveTo === undefined) {
    if (removeFrom === undefined) {
      throw invalid('You must specify RemoveFromVersionId or MoveToVersionId, or both.');
    }
    if (stage === current) {
      throw invalid(
        `You can only move staging label ${current} to a different secret version. It can’t be completely removed.`,
      );
    }
  } else if (holder !== undefined && holder !== moveTo && removeFrom === undefined) {
    throw invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  return moveStage(versions, stage, moveTo);
}

/** @throws AwsError ResourceNotFoundException */
export function requireVersion(versions: Versions, versionId: string): SecretVersion {
  const found = versions.find((version) => version.versionId === versionId);
  if (found !== undefined) return found;
  throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${versionId}`);
}

/** A rotation is under way when what it prepares isn't yet what's used. */
export function isRotating({ versions }: Pick<Secret, 'versions'>): boolean {
  const stages = findStage(versions, pending)?.stages;
  return stages !== undefined && !stages.includes(current);
}

export const notFound = (message: string): AwsError =>
  new AwsError('ResourceNotFoundException', 400, message);

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', 400, message);
