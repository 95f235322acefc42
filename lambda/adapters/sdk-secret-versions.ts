import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type {
  FederatorSecret,
  SecretDescription,
  SecretVersion,
  StagedVersion,
} from '../core/federator-rotation-ports.ts';
import { pendingStage } from '../core/staging-labels.ts';
import { orCallError, toAwsCallError } from './aws-call-error.ts';
import { parseSecretString, toSecretString } from './federator-secret.ts';

export interface SdkSecretVersionsOptions {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** With its random end. */
  readonly secretArn: string;
  /** Milliseconds for a whole call, its repeats included. */
  readonly timeoutMs: number;
}

/** The versions of the federator's secret, by the AWS SDK. */
export function createSdkSecretVersions({
  client,
  secretArn: SecretId,
  timeoutMs,
}: SdkSecretVersionsOptions): FederatorSecret {
  const within = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  return {
    describe: () =>
      orCallError('DescribeSecret', async () =>
        toDescription(await client.send(new DescribeSecretCommand({ SecretId }), within()), SecretId),
      ),
    read: async (version) => {
      try {
        return await read(version);
      } catch (error) {
        const failure = toAwsCallError('GetSecretValue', error);
        // The secret and the version were just described: it's the value that is missing.
        if (failure.code === 'ResourceNotFoundException') return undefined;
        throw failure;
      }
    },
    put: async (ClientRequestToken, key) => {
      const SecretString = toSecretString(key);
      const VersionStages = [pendingStage];
      const command = new PutSecretValueCommand({
        SecretId,
        ClientRequestToken,
        SecretString,
        VersionStages,
      });
      await orCallError('PutSecretValue', () => client.send(command, within()), [key.secretAccessKey]);
    },
    moveStage: async ({ stage: VersionStage, from, to }) => {
      const input = { SecretId, VersionStage, RemoveFromVersionId: from, MoveToVersionId: to };
      const command = new UpdateSecretVersionStageCommand(input);
      await orCallError('UpdateSecretVersionStage', () => client.send(command, within()));
    },
  };

  async function read({ versionId, stage }: StagedVersion): Promise<SecretVersion> {
    // With both, Secrets Manager refuses when the label is elsewhere by now.
    const command = new GetSecretValueCommand({ SecretId, VersionId: versionId, VersionStage: stage });
    const answer = await client.send(command, within());
    if (answer.ARN !== SecretId || answer.VersionId !== versionId || answer.CreatedDate === undefined) {
      throw new Error('Secrets Manager answered without the version that was asked for');
    }
    return { key: parseSecretString(answer.SecretString), createdAtMs: answer.CreatedDate.getTime() };
  }
}

function toDescription(answer: DescribeSecretCommandOutput, secretArn: string): SecretDescription {
  const { ARN, LastChangedDate, VersionIdsToStages = {} } = answer;
  if (ARN !== secretArn || LastChangedDate === undefined) {
    throw new Error('Secrets Manager answered without a description of the secret');
  }
  const labels = Object.entries(VersionIdsToStages).flatMap(([versionId, stages]) =>
    stages.map((stage) => [stage, versionId] as const),
  );
  const stages = new Map(labels);
  if (stages.size !== labels.length) throw new Error('Secrets Manager answered with a label on two versions');
  return { stages, lastChangedAtMs: LastChangedDate.getTime() };
}
