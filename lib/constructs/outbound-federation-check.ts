import { Validations } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsCustomResource, PhysicalResourceId } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';

export interface OutboundFederationCheckProps {
  /** What the check writes to. */
  readonly logGroup: ILogGroup;
}

/**
 * Lets the deployment fail where the stack's account signs no tokens for its roles (GetWebIdentityToken). CloudFormation
 * cannot enable it: an operator does, once, by `aws iam enable-outbound-web-identity-federation`.
 */
export class OutboundFederationCheck extends Construct {
  constructor(scope: Construct, id: string, { logGroup }: OutboundFederationCheckProps) {
    super(scope, id);
    const info = new AwsCustomResource(this, 'Info', {
      // CloudFormation shows it beside IAM's message, which is FeatureDisabled where nobody ever enabled it.
      resourceType: 'Custom::OutboundWebIdentityFederationIsEnabled',
      onUpdate: {
        service: 'IAM',
        action: 'GetOutboundWebIdentityFederationInfo',
        physicalResourceId: PhysicalResourceId.of('outbound-web-identity-federation'),
        outputPaths: ['JwtVendingEnabled'],
      },
      role: this.createRole(logGroup),
      // The runtime's own knows the call; another would be fetched from a registry in the middle of a deployment.
      installLatestAwsSdk: false,
      logGroup,
    });
    // IAM may as well answer that it is disabled, and no such resource of CDK's fails for what an answer says.
    new StringParameter(this, 'IsEnabled', {
      description:
        'Daypass: true, or the deployment fails until "aws iam enable-outbound-web-identity-federation" was run in this account',
      stringValue: info.getResponseField('JwtVendingEnabled'),
      allowedPattern: '^true$',
    });
  }

  /** Not CDK's own, which may write to every log group of the account. */
  private createRole(logGroup: ILogGroup): Role {
    const role = new Role(this, 'Role', {
      description: 'Daypass: asks IAM whether this account signs web identity tokens',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Permissions: new PolicyDocument({
          statements: [
            new PolicyStatement({
              sid: 'ReadSwitch',
              actions: ['iam:GetOutboundWebIdentityFederationInfo'],
              // It has no resource types: it is about the account. Source: Service Authorization Reference, "IAM".
              resources: ['*'],
            }),
            new PolicyStatement({
              sid: 'WriteLogs',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'GetOutboundWebIdentityFederationInfo is about the account and has no resource types',
    });
    return role;
  }
}

/** Whether a profile gives tokens of a role in the deployment's own account, of which alone the stack can say. */
export const usesOwnOutboundFederation = ({
  profiles,
  deployment,
}: Pick<Configuration, 'profiles' | 'deployment'>): boolean =>
  [...profiles.values()].some(
    (profile) =>
      profile.mechanism === 'assume-role' &&
      profile.webIdentityToken !== undefined &&
      profile.roleArn.startsWith(`arn:${deployment.partition}:iam::${deployment.accountId}:`),
  );
