import { Validations } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StrangerRole as StrangerRoleAccess } from '../integration-permissions.ts';
import type { IamStatement } from '../permissions.ts';
import { addManagedPolicies, partnersReason, toPartnerFindings } from './function-role.ts';
import { packStatements } from './pack-statements.ts';

export interface StrangerRoleProps {
  /** As `createStrangerRole` says. */
  readonly access: StrangerRoleAccess;
}

/** The role that the prober takes, to see whether a partner's role lets in whomever our account lets out. */
export class StrangerRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { access }: StrangerRoleProps) {
    super(scope, id);
    const { roleName, rolePath, roleArn, trust, statements } = access;
    this.roleArn = roleArn;
    const packed = packStatements({ roleName, statements });
    new CfnRole(this, 'Role', {
      roleName,
      path: rolePath,
      description: "Daypass: the prober as somebody whom no partner's role trusts",
      assumeRolePolicyDocument: trust,
      policies: [{ policyName: 'Permissions', policyDocument: toPolicy(packed.inline) }],
      ...(packed.managed.length === 0
        ? {}
        : {
            managedPolicyArns: addManagedPolicies(this, packed.managed, rolePath).map(
              ({ managedPolicyArn }) => managedPolicyArn,
            ),
          }),
    });
    for (const id of toPartnerFindings(statements)) {
      Validations.of(this).acknowledge({ id, reason: partnersReason });
    }
  }
}

const toPolicy = (Statement: readonly IamStatement[]) => ({ Version: '2012-10-17', Statement });
