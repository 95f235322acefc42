import * as z from 'zod';
import { AwsError } from '../aws-error.ts';
import { putVersion } from './put-version.ts';
import { requireSecret } from './require-secret.ts';
import { requireToken } from './require-token.ts';
import { toOperation } from './secret-call.ts';
import { lambdaArn, secretId, stage, stages, toValue, values, versionId } from './secret-fields.ts';
import { current, isRotating, pending, updateStage } from './staging-labels.ts';

const put = z.object({
  SecretId: secretId,
  ClientRequestToken: versionId.optional(),
  VersionStages: stages.optional(),
  ...values,
});

export const putSecretValue = toOperation<z.output<typeof put>>({
  schema: put,
  run: (call) => {
    const { input, store, nowMs } = call;
    const token = requireToken(input.ClientRequestToken);
    const value = toValue(input);
    if (value === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const secret = requireSecret(call);
    const changed = putVersion(secret, {
      versionId: token,
      value,
      stages: input.VersionStages ?? [current],
      nowMs,
    });
    if (changed !== secret) store.save(changed);
    const VersionStages = changed.versions.find((version) => version.versionId === token)?.stages;
    return { ARN: secret.arn, Name: secret.name, VersionId: token, VersionStages };
  },
});

const staged = z.object({
  SecretId: secretId,
  VersionStage: stage,
  RemoveFromVersionId: versionId.optional(),
  MoveToVersionId: versionId.optional(),
});

export const updateSecretVersionStage = toOperation<z.output<typeof staged>>({
  schema: staged,
  run: (call) => {
    const { VersionStage, RemoveFromVersionId, MoveToVersionId } = call.input;
    const secret = requireSecret(call);
    const versions = updateStage(secret.versions, {
      stage: VersionStage,
      ...(RemoveFromVersionId === undefined ? {} : { removeFrom: RemoveFromVersionId }),
      ...(MoveToVersionId === undefined ? {} : { moveTo: MoveToVersionId }),
    });
    const isRotated = isRotating(secret) && !isRotating({ versions });
    call.store.save({
      ...secret,
      versions,
      lastChangedAtMs: call.nowMs,
      ...(isRotated && VersionStage === current ? { lastRotatedAtMs: call.nowMs } : {}),
    });
    return { ARN: secret.arn, Name: secret.name };
  },
});

const rotated = z.object({
  SecretId: secretId,
  ClientRequestToken: versionId.optional(),
  RotationLambdaARN: lambdaArn,
  RotationRules: z.record(z.string(), z.unknown()).optional(),
  RotateImmediately: z.boolean().optional(),
});

/** Writes down that and how the secret is to be rotated, begins the version, and has the function called for it. */
export const rotateSecret = toOperation<z.output<typeof rotated>>({
  schema: rotated,
  run: (call) => {
    const { input, store, nowMs } = call;
    const token = requireToken(input.ClientRequestToken);
    const secret = requireSecret(call);
    const arn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
    const rules = input.RotationRules ?? secret.rotation?.rules;
    if (arn === undefined) {
      throw invalidRequest('No Lambda rotation function ARN is associated with this secret.');
    }
    if (isRotating(secret)) {
      call.beginRotation(secret.arn);
      throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    }
    const rotation = { lambdaArn: arn, ...(rules === undefined ? {} : { rules }) };
    if (input.RotateImmediately === false) {
      store.save({ ...secret, rotation, lastChangedAtMs: nowMs });
      return { ARN: secret.arn, Name: secret.name };
    }
    const begun = putVersion(secret, { versionId: token, value: undefined, stages: [pending], nowMs });
    store.save({ ...begun, rotation });
    call.beginRotation(secret.arn);
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  },
});

const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', 400, message);
