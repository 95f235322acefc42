import { Stack, Token } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  CfnOIDCProvider,
  CfnRole,
  type IManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { webIdentityAudience } from '../../lambda/core/web-identity-claims.ts';
import { type OnwardStatement, type TargetRole, toTargetRoles } from '../target-role.ts';

export interface BrokeredRoleProps {
  /** The broker's, as `readConfigurationFile` answers it. */
  readonly configuration: Configuration;
  /** Name of the profile that enters the role. The role trusts for every profile that names it. */
  readonly profile: string;
  /** Which of the profile's roles. @default the last: the one that its credentials are for, or that calls AssumeRoot */
  readonly roleArn?: string;
  /** What the sessions may do. @default nothing, but for a role on the way, which may go on */
  readonly managedPolicies?: readonly IManagedPolicy[];
  /** What they may do at most. @default no boundary */
  readonly permissionsBoundary?: IManagedPolicy;
  /** The broker's URL, where it is an OIDC issuer. @default the configuration's `deployment.url` */
  readonly url?: string;
  /** Regions of all deployments that may enter the role; their names and accounts are alike. @default the configuration's own */
  readonly regions?: readonly string[];
  /** Whether to make IAM's OIDC provider where the role is opened by tokens that the broker signs; an account has one for a URL. @default true */
  readonly oidcProvider?: boolean;
}

/** A role that the broker enters, in the account that has it, with the trust policy that the profile needs. */
export class BrokeredRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, props: BrokeredRoleProps) {
    super(scope, id);
    const target = requireTarget(props);
    requireAccount(Stack.of(this), target);
    const { permissionsBoundary } = props;
    this.role = new Role(this, 'Role', {
      roleName: target.name,
      path: target.path,
      description: target.description,
      // Takes the place of the trust policy until the one below is there: no principal of CDK's can say as much.
      assumedBy: new AccountRootPrincipal(),
      managedPolicies: [...(props.managedPolicies ?? [])],
      ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
      ...(target.onward.length === 0 ? {} : { inlinePolicies: { GoOn: toDocument(target.onward) } }),
    });
    const resource = this.role.node.defaultChild;
    if (!CfnRole.isCfnRole(resource)) throw new TypeError('the role has no resource');
    resource.assumeRolePolicyDocument = target.trust;
    resource.maxSessionDuration = target.maxSessionSeconds;
    if (target.oidcProvider !== undefined && (props.oidcProvider ?? true)) {
      const { url } = target.oidcProvider;
      // Without thumbprints: IAM trusts the authority of the certificate.
      resource.node.addDependency(
        new CfnOIDCProvider(this, 'OidcProvider', { url, clientIdList: [webIdentityAudience] }),
      );
    }
  }
}

/** @throws ConfigurationError for a role that the profile does not name */
function requireTarget({ profile, roleArn, ...options }: BrokeredRoleProps): TargetRole {
  const roles = toTargetRoles(profile, options);
  const target = roleArn === undefined ? roles.at(-1) : roles.find((role) => role.roleArn === roleArn);
  if (target !== undefined) return target;
  const allowed = roles.map((role) => role.roleArn).join(', ');
  throw new ConfigurationError([{ path: ['profiles', profile], value: roleArn, allowed }]);
}

/** A stack that is left open may be deployed where it belongs. */
function requireAccount({ account }: Stack, { roleArn, accountId }: TargetRole): void {
  if (Token.isUnresolved(account) || account === accountId) return;
  throw new TypeError(`the stack's account is ${account}, but the role is ${roleArn}; they must be the same`);
}

const toDocument = (statements: readonly OnwardStatement[]) =>
  new PolicyDocument({
    minimize: false,
    statements: statements.map((statement) => PolicyStatement.fromJson(statement)),
  });
