import type { ReconciliationAccess } from '../../lib/reconciliation-permissions.ts';

/** What `createTables` makes for the reconciliation. */
export const reconciliationTables = { findings: 'daypass-findings', witnesses: 'daypass-witnesses' } as const;

/** What functions are told of them. */
export const reconciliationVariables = {
  findingTable: reconciliationTables.findings,
  witnessTable: reconciliationTables.witnesses,
  trailBucket: 'daypass-trail',
} as const;

const toTableArn = (name: string) => `arn:aws:dynamodb:eu-west-1:111111111111:table/${name}`;

/** As locally, where nothing is encrypted by KMS and there is no queue. */
export const reconciliationAccess: ReconciliationAccess = {
  findingTableArn: toTableArn(reconciliationTables.findings),
  witnessTableArn: toTableArn(reconciliationTables.witnesses),
  trailBucketArn: `arn:aws:s3:::${reconciliationVariables.trailBucket}`,
};
