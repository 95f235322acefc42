import { Annotations, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../../lambda/core/function-roles.ts';
import { revokedRolesSid } from '../control-permissions.ts';
import { partnersRolesSid } from '../integration-permissions.ts';
import type { FunctionRole as FunctionRoleAccess, IamStatement } from '../permissions.ts';
import { listStreamsSid } from '../publishing-permissions.ts';
import { iamLimits, packStatements } from './pack-statements.ts';
import { toWildcardFinding } from './wildcard-finding.ts';

export interface FunctionRoleProps {
  readonly functionName: FunctionName;
  /** The role's name and what it may do, as `createFunctionRoles` says. */
  readonly access: FunctionRoleAccess;
  /** The one log group that the function writes to. */
  readonly logGroup: ILogGroup;
  /** Managed policies that the account lets a role have. @default 10, IAM's own quota */
  readonly managedPolicyQuota?: number;
}

/** The role of one function: its fixed name, which target roles trust, and exactly its permissions. */
export class FunctionRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    const { functionName, access, logGroup, managedPolicyQuota: quota = iamLimits.managedPolicies } = props;
    const { roleName, rolePath, statements } = access;
    const all = [...statements, ...runningStatements(logGroup)];
    const { inline, managed } = packStatements({ roleName, statements: all, quota });
    this.role = new Role(this, 'Role', {
      roleName,
      path: rolePath,
      description: `Daypass: the ${functionName} function`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Permissions: toDocument(inline) },
      managedPolicies: addManagedPolicies(this, managed, rolePath),
    });
    // The one that grows with the configuration: how near IAM's limit is should not be news when it is reached.
    if (functionName === 'issuer' || managed.length > 0)
      Annotations.of(this).addInfo(`${functionName}: ${managed.length} managed policies of ${quota}`);
    this.acceptFindings(statements);
  }

  private acceptFindings(statements: readonly IamStatement[]): void {
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray and DecodeAuthorizationMessage have no resource types (statements WriteTraces, DecodeAuthorizationMessages); any other statement on * is a Deny',
    });
    // Source: IAM User Guide, "IAM JSON policy elements: Resource": wildcards may stand in any segment. The check knows them as a whole one only.
    if (statements.some(({ NotResource = [] }) => [NotResource].flat().some((arn) => /:\d+\*:/.test(arn))))
      Validations.of(this).acknowledge({
        id: 'CloudFormation-Validate::E3510',
        reason: 'A Deny excepts the roles of other accounts by the digits that their accounts begin with',
      });
    for (const id of toPartnerFindings(statements)) {
      Validations.of(this).acknowledge({ id, reason: partnersReason });
    }
    for (const { Sid, Resource = [] } of statements.filter(({ Sid }) => Sid === listStreamsSid)) {
      for (const resource of [Resource].flat())
        Validations.of(this).acknowledge({
          id: toWildcardFinding(this, resource),
          reason: `${Sid}: the action names no single stream; these are those of the one table`,
        });
    }
    for (const id of toFindings(statements, revokedRolesSid)) {
      Validations.of(this).acknowledge({
        id,
        reason:
          'Whose sessions have to be ended is not known before; it is an option, the roles are those under the path, and a Deny leaves the own ones out',
      });
    }
  }
}

/** For the one role in `scope`. */
export const addManagedPolicies = (
  scope: Construct,
  policies: readonly (readonly IamStatement[])[],
  path: string,
): ManagedPolicy[] =>
  policies.map(
    (statements, index) =>
      new ManagedPolicy(scope, `Permissions${index}`, { path, document: toDocument(statements) }),
  );

/** Of the statement that stands for all partners' roles. */
export const toPartnerFindings = (statements: readonly IamStatement[]): readonly string[] =>
  toFindings(statements, partnersRolesSid);

const toFindings = (statements: readonly IamStatement[], sid: string): readonly string[] =>
  statements
    .filter(({ Sid }) => Sid === sid)
    .flatMap(({ Resource = [] }) => [Resource].flat())
    .map((resource) => `AwsSolutions-IAM5[Resource::${resource}]`);

export const partnersReason =
  "Partners' roles stand in a table, which changes without a deployment; Denies keep the role out of our own accounts and organization";

/** What running takes. Not AWSLambdaBasicExecutionRole, which may write to every log group of the account. */
function runningStatements(logGroup: ILogGroup): readonly IamStatement[] {
  return [
    {
      Sid: 'WriteLogs',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [logGroup.logGroupArn],
    },
    {
      Sid: 'WriteTraces',
      Effect: 'Allow',
      Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      // X-Ray has no resource types. Source: Service Authorization Reference, "AWS X-Ray".
      Resource: '*',
    },
  ];
}

/** Statements stay as the generator wrote them: merged ones would lose their Sids, which denials are found by. */
const toDocument = (statements: readonly IamStatement[]): PolicyDocument =>
  new PolicyDocument({
    minimize: false,
    statements: statements.map((statement) => PolicyStatement.fromJson(statement)),
  });
