import { controlTable } from '../lambda/adapters/control-table.ts';
import type { Deployment } from '../lambda/core/configuration.ts';
import { appliableRolePath, brokerRolePrefix } from '../lambda/core/controls/appliable-role.ts';
import { toFunctionArn } from '../lambda/core/function-roles.ts';
import type { IamStatement } from './permissions.ts';
import { toTableKeyStatements } from './table-key-statements.ts';

/** What the permissions around the control tables are made from. */
export interface ControlAccess {
  readonly controlTableArn: string;
  readonly quotaTableArn: string;
  /** ARN of the customer-managed key of the control table, where it has one. */
  readonly keyArn?: string;
}

/** Of whatever writes rows or calls STS: counts an attempt, and reads what is suspended. */
export const admittingStatements = (
  { controlTableArn, quotaTableArn, keyArn }: ControlAccess,
  { region }: Deployment,
): readonly IamStatement[] => [
  { Sid: 'ReadSuspensions', Effect: 'Allow', Action: ['dynamodb:BatchGetItem'], Resource: [controlTableArn] },
  { Sid: 'CountAttempts', Effect: 'Allow', Action: ['dynamodb:UpdateItem'], Resource: [quotaTableArn] },
  ...toTableKeyStatements('ReadControlTableKey', { keyArn, region, access: 'read' }),
];

/** No DeleteItem: what was suspended is lifted, and its history stays. */
export const controllingStatements = (
  { controlTableArn, keyArn }: ControlAccess,
  { region }: Deployment,
): readonly IamStatement[] => [
  {
    Sid: 'ChangeControls',
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Resource: [controlTableArn],
  },
  {
    Sid: 'ListControls',
    Effect: 'Allow',
    Action: ['dynamodb:Query'],
    Resource: Object.keys(controlTable.indexes).map((name) => `${controlTableArn}/index/${name}`),
  },
  ...toTableKeyStatements('UseControlTableKey', { keyArn, region, access: 'write' }),
];

export const invokingRevoker = (deployment: Deployment): IamStatement => ({
  Sid: 'InvokeRevoker',
  Effect: 'Allow',
  Action: ['lambda:InvokeFunction'],
  Resource: [toFunctionArn(deployment, 'revoker')],
});

/** Of the wildcard that stands for the roles under the path. */
export const revokedRolesSid = 'ChangeRevocations';

/**
 * Which roles' sessions have to be ended is not known before. IAM has no condition key for the name or the content of an
 * inline policy: that it is a Deny by another name than any of theirs is what the function makes of its event.
 */
export function revokingStatements({ partition, accountId }: Deployment): readonly IamStatement[] {
  const roles = `arn:${partition}:iam::${accountId}:role${appliableRolePath}`;
  return [
    {
      Sid: revokedRolesSid,
      Effect: 'Allow',
      Action: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
      Resource: [`${roles}*`],
    },
    {
      Sid: 'DenyBrokersRoles',
      Effect: 'Deny',
      Action: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
      // Of every stage: what stops the broker is not done by it.
      Resource: [`${roles}${brokerRolePrefix}*`],
    },
  ];
}
