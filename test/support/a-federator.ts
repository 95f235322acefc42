import { randomUUID } from 'node:crypto';
import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { parseSecretString } from '../../lambda/adapters/federator-secret.ts';
import type { LongTermKey } from '../../lambda/core/ports.ts';
import { type World, withUsers } from '../../local/world.ts';
import {
  admin,
  aWorld,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
} from '../local/aws/an-embedded-aws.ts';

export const userName = 'daypass-prod-federator';
export const userArn = `arn:aws:iam::${home}:user/daypass/${userName}`;
export const rotatorArn = `arn:aws:iam::${home}:role/daypass/Rotator`;
const secretName = 'daypass/prod/federator';

/** What the rotation function may do, and nothing else. */
const rotates = policy(
  {
    Effect: 'Allow',
    Action: ['iam:ListAccessKeys', 'iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey'],
    Resource: userArn,
  },
  {
    Effect: 'Allow',
    Action: [
      'secretsmanager:DescribeSecret',
      'secretsmanager:GetSecretValue',
      'secretsmanager:PutSecretValue',
      'secretsmanager:UpdateSecretVersionStage',
    ],
    Resource: `arn:aws:secretsmanager:eu-west-1:${home}:secret:${secretName}-??????`,
  },
);
const trust = policy({
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
});

const aFederatorWorld = (): World =>
  withUsers(aWorld({ [home]: { roles: { 'daypass/Rotator': { trust, policies: [rotates] } } } }), [
    { arn: userArn, policies: [] },
  ]);

/** The embedded AWS with a federator who has no key yet, its secret, and an operator's view of them. */
export interface Federator {
  readonly aws: TestAws;
  readonly secretArn: string;
  /** RotateSecret with a new token, which it returns. */
  beginRotation(): Promise<string>;
  /** The key under a label, if it is one. */
  keyOf(stage: string): Promise<LongTermKey | undefined>;
  /** `version: label, label` of each version that has any. */
  labels(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** `granted`, or STS's refusal. */
  use(key: LongTermKey | undefined): Promise<string>;
  /** Statuses by access key id, oldest first. */
  keys(): Promise<Readonly<Record<string, string>>>;
  /** How new keys are refused, as the embedded AWS has it. */
  setNewKeys(newKeys: { readonly delayMs?: number; readonly waverMs?: number }): Promise<void>;
  stop(): Promise<void>;
}

export async function startFederator(options: { readonly now?: () => number } = {}): Promise<Federator> {
  const aws = await startTestAws(aFederatorWorld(), options);
  const shared = { endpoint: aws.url, maxAttempts: 1 };
  const secrets = new SecretsManagerClient({ ...shared, region: 'eu-west-1', credentials: { ...admin } });
  const iam = new IAMClient({ ...shared, region: 'us-east-1', credentials: { ...admin } });
  // What CloudFormation makes of GenerateSecretString.
  const SecretString = '{"initial":"not a key yet"}';
  const created = await secrets.send(new CreateSecretCommand({ Name: secretName, SecretString }));
  const SecretId = created.ARN ?? '';
  return {
    aws,
    secretArn: SecretId,
    beginRotation: async () => {
      const ClientRequestToken = randomUUID();
      const RotationLambdaARN = `arn:aws:lambda:eu-west-1:${home}:function:rotation`;
      await secrets.send(new RotateSecretCommand({ SecretId, ClientRequestToken, RotationLambdaARN }));
      return ClientRequestToken;
    },
    keyOf: async (VersionStage) => {
      const answer = await secrets.send(new GetSecretValueCommand({ SecretId, VersionStage }));
      return parseSecretString(answer.SecretString);
    },
    labels: async () =>
      (await secrets.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {},
    use: async (key) => {
      if (key === undefined) return 'no key';
      const client = aws.sts(key);
      const answer = await outcome(client.send(new GetCallerIdentityCommand({})));
      client.destroy();
      return answer;
    },
    keys: async () => {
      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: userName }));
      return Object.fromEntries(AccessKeyMetadata.map(({ AccessKeyId, Status }) => [AccessKeyId, Status]));
    },
    setNewKeys: async (newKeys) => {
      await fetch(`${aws.url}/_local/iam/new-keys`, { method: 'PUT', body: JSON.stringify(newKeys) });
    },
    stop: async () => {
      secrets.destroy();
      iam.destroy();
      await aws.stop();
    },
  };
}
