import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { Daypass } from './constructs/daypass.ts';
import type { DaypassProps } from './constructs/daypass-props.ts';
import type { StrangerRole } from './constructs/stranger-role.ts';

export interface DaypassStackProps
  extends DaypassProps,
    Omit<StackProps, 'env' | 'tags' | 'permissionsBoundary'> {}

/** The broker as a stack of its own, in the account and region that its configuration names. */
export class DaypassStack extends Stack {
  readonly daypass: Daypass;

  constructor(scope: Construct, id: string, props: DaypassStackProps) {
    const { accountId: account, region } = props.configuration.deployment;
    const { permissionsBoundary, tags, ...stackProps } = props;
    super(scope, id, {
      tags: { Application: 'daypass', ...tags },
      description: 'Daypass: a serverless identity broker for AWS',
      terminationProtection: true,
      ...stackProps,
      env: { account, region },
    });
    this.daypass = new Daypass(this, 'Daypass', props);
    // What CDK itself adds to the stack has roles as well.
    if (permissionsBoundary !== undefined) PermissionsBoundary.of(this).apply(permissionsBoundary);
    this.addOutputs();
  }

  private addOutputs(): void {
    const { api, federator, functions, integrations, issuances, proofs, stranger, tokenKey } = this.daypass;
    const { controls, findings, trail, webIdentityKeys, witnesses, url } = this.daypass;
    const isIssuer = webIdentityKeys.keys.length > 0;
    const outputs: Outputs = {
      ApiUrl: [api.domain === undefined ? api.restApi.url : `${url}/`, 'Base URL of the API'],
      IssuerRoleArn: [functions.issuer.roleArn, 'The principal that target roles trust'],
      AuditRoleArn: [functions.audit.roleArn, 'Role of the function that answers from the audit'],
      AuthorizerRoleArn: [functions.authorizer.roleArn, 'Role of the function that verifies tokens'],
      SamlRoleArn: [functions.saml.roleArn, 'Role of the function that takes SAML assertions'],
      IssuanceTableName: [issuances.table.tableName, 'The table of issuances'],
      ControlTableName: [controls.table.tableName, 'The table of what is suspended'],
      FindingTableName: [findings.table.tableName, 'The table of findings'],
      WitnessTableName: [witnesses.table.tableName, 'The table of what the access log has seen'],
      ReconcilerRoleArn: [functions.reconciler.roleArn, 'Role of the function that reads the trail'],
      ...(trail === undefined
        ? {}
        : { TrailBucketName: [trail.bucket.bucketName, "Where CloudTrail's record is"] }),
      ProofTableName: [proofs.table.tableName, 'The table of proofs that had their one effect'],
      TokenKeyArn: [tokenKey.key.keyArn, "The key that signs the broker's own tokens"],
      SamlEntityId: [`${url}/v1/saml/metadata`, 'Entity id and metadata of the SAML service provider'],
      SamlAcsUrl: [`${url}/v1/saml/acs`, 'Where identity providers post SAML responses'],
      ...(isIssuer
        ? { OidcIssuerUrl: [url, "What IAM's OIDC providers for this broker have as their URL"] }
        : {}),
      ...(federator === undefined
        ? {}
        : {
            FederatorUserArn: [federator.user.userArn, 'The user whose key asks for federation tokens'],
            FederatorSecretArn: [federator.secret.secretArn, "Where that user's key is"],
          }),
      ...(integrations === undefined
        ? {}
        : { IntegrationTableName: [integrations.table.tableName, 'The table of third parties'] }),
      ...toPartnerOutputs(functions, stranger),
    };
    for (const [id, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, id, { value, description });
    }
  }
}

type Outputs = Readonly<Record<string, readonly [value: string, description: string]>>;

/** Where the configuration has third parties. */
function toPartnerOutputs(
  { integrations, 'integration-issuer': issuer, prober }: Daypass['functions'],
  stranger: StrangerRole | undefined,
): Outputs {
  if (integrations === undefined || issuer === undefined || prober === undefined || stranger === undefined)
    return {};
  return {
    IntegrationIssuerRoleArn: [issuer.roleArn, "The principal that third parties' roles trust"],
    ProberRoleArn: [
      prober.roleArn,
      "The other principal that third parties' roles name, to prove the ExternalId",
    ],
    StrangerRoleArn: [stranger.roleArn, "The principal that no third party's role should trust"],
    IntegrationsRoleArn: [integrations.roleArn, 'Role of the function that manages third parties'],
  };
}
