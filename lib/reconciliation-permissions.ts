import { findingTable } from '../lambda/adapters/finding-table.ts';
import type { IssuanceIndex } from '../lambda/adapters/issuance-table.ts';
import type { Deployment, TrailSettings } from '../lambda/core/configuration.ts';
import { isPrimary } from '../lambda/core/regions.ts';
import type { IamStatement } from './permissions.ts';
import { toTableKeyStatements } from './table-key-statements.ts';

/** What the permissions of reconciling are made from, beside the issuance table. */
export interface ReconciliationAccess {
  readonly findingTableArn: string;
  /** ARN of the customer-managed key of the table of findings. Absent locally. */
  readonly findingKeyArn?: string;
  readonly witnessTableArn: string;
  /** The bucket to which the trail delivers. */
  readonly trailBucketArn: string;
  /** The key that encrypts the trail's objects. Absent where none of KMS does, as locally. */
  readonly trailKeyArn?: string;
  /** The queue of new objects. Absent locally, where there is none. */
  readonly queueArn?: string;
}

interface Where {
  readonly deployment: Deployment;
  readonly trail: TrailSettings;
  /** ARN of the issuance table. */
  readonly tableArn: string;
}

const readIndexes: readonly IssuanceIndex[] = ['byAccessKeyId', 'open'];

/**
 * What the function that reconciles does besides using the issuance table's key. That an update changes a row's match and
 * nothing else is its condition and its expression: IAM's `dynamodb:Attributes` would have to list each row's key and
 * condition as well, and says nothing of values.
 */
export function reconcilingStatements(
  access: ReconciliationAccess,
  { deployment, trail, tableArn }: Where,
): readonly IamStatement[] {
  const { findingTableArn, findingKeyArn, witnessTableArn } = access;
  return [
    {
      Sid: 'MatchIssuances',
      Effect: 'Allow',
      // No PutItem, no DeleteItem: no row is made or lost here.
      Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      Resource: [tableArn],
    },
    {
      Sid: 'FindIssuances',
      Effect: 'Allow',
      Action: ['dynamodb:Query'],
      Resource: readIndexes.map((name) => `${tableArn}/index/${name}`),
    },
    {
      Sid: 'RecordFindings',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      Resource: [findingTableArn],
    },
    ...toTableKeyStatements('UseFindingTableKey', {
      ...{ keyArn: findingKeyArn, region: deployment.region, access: 'write' },
    }),
    {
      Sid: 'KeepWitnesses',
      Effect: 'Allow',
      Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
      Resource: [witnessTableArn],
    },
    // Elsewhere nobody tells of the trail's objects.
    ...(isPrimary(deployment) ? trailStatements(access, { deployment, trail }) : []),
  ];
}

function trailStatements(
  access: ReconciliationAccess,
  { deployment, trail }: Pick<Where, 'deployment' | 'trail'>,
): readonly IamStatement[] {
  const { queueArn } = access;
  return [
    {
      Sid: readTrailSid,
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: [toTrailObjects(access.trailBucketArn, trail, deployment)],
    },
    ...toTrailKeyStatements(access, deployment),
    ...(queueArn === undefined
      ? []
      : [
          {
            Sid: 'TakeMessages',
            Effect: 'Allow',
            // What Lambda does in the function's name. Source: Lambda guide, "Using Lambda with Amazon SQS".
            Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
            Resource: [queueArn],
          } as const,
        ]),
  ];
}

export const readTrailSid = 'ReadTrail';

/**
 * The trail's objects of events, by a pattern: each has a name of its own. A trail of the account's own has one folder;
 * of an existing one it is not known here whether it is an account's or an organization's.
 */
export function toTrailObjects(
  bucketArn: string,
  { existing }: TrailSettings,
  { accountId }: Pick<Deployment, 'accountId'>,
): string {
  if (existing === undefined) return `${bucketArn}/AWSLogs/${accountId}/CloudTrail/*`;
  const { prefix } = existing;
  return `${bucketArn}/${prefix === undefined ? '' : `${prefix}/`}AWSLogs/*`;
}

function toTrailKeyStatements(
  { trailKeyArn }: ReconciliationAccess,
  { region }: Deployment,
): readonly IamStatement[] {
  if (trailKeyArn === undefined) return [];
  return [
    {
      Sid: 'DecryptTrail',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: [trailKeyArn],
      // A bucket in another region decrypts there.
      Condition: {
        StringLike: { 'kms:ViaService': `s3.${toKeyRegion(trailKeyArn, region)}.amazonaws.com*` },
      },
    },
  ];
}

/** Of a key that the stack makes the ARN is not known yet; it is in the stack's region. */
const toKeyRegion = (keyArn: string, ownRegion: string): string =>
  /^arn:[a-z-]+:kms:([a-z0-9-]+):/.exec(keyArn)?.[1] ?? ownRegion;

/** For the function that shows the audit. */
export const readingFindings = (
  { findingTableArn, findingKeyArn }: ReconciliationAccess,
  { region }: Deployment,
): readonly IamStatement[] => [
  { Sid: 'ReadFindings', Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: [findingTableArn] },
  {
    Sid: 'QueryFindings',
    Effect: 'Allow',
    Action: ['dynamodb:Query'],
    Resource: Object.keys(findingTable.indexes).map((name) => `${findingTableArn}/index/${name}`),
  },
  ...toTableKeyStatements('ReadFindingTableKey', { keyArn: findingKeyArn, region, access: 'read' }),
];
