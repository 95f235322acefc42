import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import { requireSecret } from './require-secret.ts';
import type { Secret, SecretVersion } from './secret.ts';
import { toOperation } from './secret-call.ts';
import { secretId, stage, versionId } from './secret-fields.ts';
import { current, findStage, notFound, requireVersion } from './staging-labels.ts';

const described = z.object({ SecretId: secretId });

export const describeSecret = toOperation<z.output<typeof described>>({
  schema: described,
  run: (call) => {
    const secret = requireSecret(call);
    const staged = secret.versions.filter(({ stages }) => stages.length > 0);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      KmsKeyId: secret.kmsKeyId,
      RotationEnabled: secret.rotation === undefined ? undefined : true,
      RotationLambdaARN: secret.rotation?.lambdaArn,
      RotationRules: secret.rotation?.rules,
      LastRotatedDate: toSeconds(secret.lastRotatedAtMs),
      LastChangedDate: toSeconds(secret.lastChangedAtMs),
      Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
      VersionIdsToStages:
        staged.length === 0
          ? undefined
          : Object.fromEntries(staged.map(({ versionId: id, stages }) => [id, stages])),
      CreatedDate: toSeconds(secret.createdAtMs),
    };
  },
});

const read = z.object({
  SecretId: secretId,
  VersionId: versionId.optional(),
  VersionStage: stage.optional(),
});

export const getSecretValue = toOperation<z.output<typeof read>>({
  schema: read,
  run: (call) => {
    const secret = requireSecret(call);
    const { versionId: VersionId, value, stages, createdAtMs } = findVersion(secret, call.input);
    if (value === undefined) {
      throw notFound(`Secrets Manager can't find the specified secret value for VersionId: ${VersionId}`);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId,
      [value.kind === 'string' ? 'SecretString' : 'SecretBinary']: value.text,
      VersionStages: stages,
      CreatedDate: toSeconds(createdAtMs),
    };
  },
});

function findVersion(
  { versions }: Secret,
  { VersionId, VersionStage }: z.output<typeof read>,
): SecretVersion {
  if (VersionId !== undefined) {
    const version = requireVersion(versions, VersionId);
    if (VersionStage === undefined || version.stages.includes(VersionStage)) return version;
    throw new AwsError(
      'InvalidRequestException',
      400,
      'You provided a VersionStage that is not associated to the provided VersionId.',
    );
  }
  const label = VersionStage ?? current;
  const version = findStage(versions, label);
  if (version !== undefined) return version;
  throw notFound(`Secrets Manager can't find the specified secret value for staging label: ${label}`);
}

/** Times are numbers in this protocol. */
const toSeconds = (milliseconds: number | undefined): number | undefined =>
  milliseconds === undefined ? undefined : milliseconds / 1000;
