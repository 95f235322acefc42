import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectLockConfigurationCommand, S3Client } from '@aws-sdk/client-s3';
import { toBusRuleDescription } from '../bus-rule-description.ts';
import { type LiveCheck, type LiveResult, skip, toResult } from './live-check.ts';

/** What the stack's outputs name; each check needs one of them. */
export interface AccountTarget {
  readonly region?: string;
  /** First of `deployment.regions`. @default region */
  readonly primaryRegion?: string;
  readonly stage?: string;
  readonly issuanceTable?: string;
  readonly trailBucket?: string;
}

/** What the account itself says, by reading calls alone, with the caller's own credentials. */
export function createAccountChecks({
  region,
  primaryRegion = region,
  stage,
  issuanceTable,
  trailBucket,
}: AccountTarget): readonly LiveCheck[] {
  const within =
    (name: string, value: string | undefined, run: (where: Where) => Promise<LiveResult>) => async () =>
      region === undefined || value === undefined
        ? skip(`--region and ${name} were not given`)
        : run({ region, name: value });
  return [
    {
      claim: 'The audit survives a deletion, and every second of the last 35 days can be restored',
      expected: 'ACTIVE, deletion protection on, encrypted by KMS, point-in-time recovery ENABLED',
      run: within('--issuance-table', issuanceTable, seeTable),
    },
    {
      claim: 'Nobody shortens what the trail has written',
      expected: 'object lock Enabled with a default retention',
      run: within('--trail-bucket', trailBucket, seeObjectLock),
    },
    {
      claim: 'The bus hands over reading management events, which AssumeRole is',
      expected: 'a rule of this stage and region with ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
      run: within('--stage', stage, async (where) =>
        where.region === primaryRegion
          ? seeRule(where)
          : skip(`there is one in the primary region alone, ${primaryRegion}`),
      ),
    },
    {
      claim: 'Verifications are asked for by an alias',
      expected: 'alias verify on $LATEST, where the deployment has third parties',
      run: within('--stage', stage, seeAlias),
    },
  ];
}

interface Where {
  readonly region: string;
  readonly name: string;
}

async function seeTable({ region, name: TableName }: Where): Promise<LiveResult> {
  const client = new DynamoDBClient({ region });
  const [{ Table }, { ContinuousBackupsDescription }] = await Promise.all([
    client.send(new DescribeTableCommand({ TableName })),
    client.send(new DescribeContinuousBackupsCommand({ TableName })),
  ]);
  const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  const guarded = Table?.DeletionProtectionEnabled === true;
  const encrypted = Table?.SSEDescription?.SSEType === 'KMS';
  return toResult(
    Table?.TableStatus === 'ACTIVE' && guarded && encrypted && recovery === 'ENABLED',
    `${Table?.TableStatus}, deletion protection ${guarded ? 'on' : 'off'}, ${encrypted ? 'encrypted by KMS' : 'not encrypted by KMS'}, recovery ${recovery}`,
  );
}

async function seeObjectLock({ region, name: Bucket }: Where): Promise<LiveResult> {
  const client = new S3Client({ region, followRegionRedirects: true });
  const { ObjectLockConfiguration } = await client.send(new GetObjectLockConfigurationCommand({ Bucket }));
  const { Mode, Days, Years } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  const enabled = ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
  const span = Days === undefined ? `${Years} years` : `${Days} days`;
  return toResult(
    enabled && Mode !== undefined,
    enabled ? `Enabled, ${Mode ?? 'no default retention'}, ${span}` : 'off',
  );
}

async function seeRule({ region, name: stage }: Where): Promise<LiveResult> {
  const client = new EventBridgeClient({ region });
  const rules: SeenRule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ NextToken }));
    rules.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return judgeRules(rules, { stage, region });
}

/** As EventBridge lists it. */
interface SeenRule {
  readonly Description?: string | undefined;
  readonly State?: string | undefined;
}

/** Of all rules of the bus: that of this stage, as `lib/constructs/reconciliation.ts` describes it. */
export function judgeRules(
  rules: readonly SeenRule[],
  where: Readonly<Record<'stage' | 'region', string>>,
): LiveResult {
  const description = toBusRuleDescription(where);
  const states = rules
    .filter(({ Description }) => Description === description)
    .map(({ State = 'no state' }) => State);
  return toResult(
    states.includes('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'),
    states.length === 0 ? 'no such rule; --primary-region says where it is elsewhere' : states.join(', '),
  );
}

async function seeAlias({ region, name: stage }: Where): Promise<LiveResult> {
  const FunctionName = `daypass-${stage}-${region}-integration-issuer`;
  try {
    const { FunctionVersion } = await new LambdaClient({ region }).send(
      new GetAliasCommand({ FunctionName, Name: 'verify' }),
    );
    return toResult(FunctionVersion === '$LATEST', `verify is ${FunctionVersion}`);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    return skip(
      `there is no function ${FunctionName}, or no alias on it: without third parties that is right`,
    );
  }
}
