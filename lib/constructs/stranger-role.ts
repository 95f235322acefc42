import { Validations } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { rolePath } from '../../lambda/core/function-roles.ts';
import type { StrangerRole as StrangerRoleAccess } from '../integration-permissions.ts';
import { partnersReason, toPartnerFindings } from './function-role.ts';

export interface StrangerRoleProps {
  /** As `createStrangerRole` says. */
  readonly access: StrangerRoleAccess;
}

/** The role that the prober takes, to see whether a partner's role lets in whomever our account lets out. */
export class StrangerRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, { access }: StrangerRoleProps) {
    super(scope, id);
    const { roleName, roleArn, trust, statements } = access;
    this.roleArn = roleArn;
    const role = new CfnRole(this, 'Role', {
      roleName,
      path: rolePath,
      description: "Daypass: the prober as somebody whom no partner's role trusts",
      assumeRolePolicyDocument: trust,
      policies: [
        {
          policyName: 'Permissions',
          policyDocument: { Version: '2012-10-17', Statement: statements },
        },
      ],
    });
    for (const id of toPartnerFindings(statements)) {
      Validations.of(role).acknowledge({ id, reason: partnersReason });
    }
  }
}
