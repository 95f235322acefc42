import { Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FunctionName, rolePath } from '../../lambda/core/function-roles.ts';
import { partnersRolesSid } from '../integration-permissions.ts';
import type { FunctionRole as FunctionRoleAccess, IamStatement } from '../permissions.ts';
import { packStatements } from './pack-statements.ts';

export interface FunctionRoleProps {
  readonly functionName: FunctionName;
  /** The role's name and what it may do, as `createFunctionRoles` says. */
  readonly access: FunctionRoleAccess;
  /** The one log group that the function writes to. */
  readonly logGroup: ILogGroup;
}

/** The role of one function: its fixed name, which target roles trust, and exactly its permissions. */
export class FunctionRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { functionName, access, logGroup }: FunctionRoleProps) {
    super(scope, id);
    const { roleName, statements } = access;
    const packed = packStatements(roleName, [...statements, ...runningStatements(logGroup)]);
    this.role = new Role(this, 'Role', {
      roleName,
      path: rolePath,
      description: `Daypass: the ${functionName} function`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      ...('inline' in packed
        ? { inlinePolicies: { Permissions: toDocument(packed.inline) } }
        : { managedPolicies: addManagedPolicies(this, packed.managed) }),
    });
    this.acceptFindings(statements);
  }

  private acceptFindings(statements: readonly IamStatement[]): void {
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray and DecodeAuthorizationMessage have no resource types (statements WriteTraces, DecodeAuthorizationMessages); any other statement on * is a Deny',
    });
    for (const id of toPartnerFindings(statements)) {
      Validations.of(this).acknowledge({ id, reason: partnersReason });
    }
  }
}

/** For the one role in `scope`. */
export const addManagedPolicies = (
  scope: Construct,
  policies: readonly (readonly IamStatement[])[],
): ManagedPolicy[] =>
  policies.map(
    (statements, index) =>
      new ManagedPolicy(scope, `Permissions${index}`, { path: rolePath, document: toDocument(statements) }),
  );

/** Of the statement that stands for all partners' roles. */
export const toPartnerFindings = (statements: readonly IamStatement[]): readonly string[] =>
  statements
    .filter(({ Sid }) => Sid === partnersRolesSid)
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
