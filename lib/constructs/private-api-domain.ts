import { Fn } from 'aws-cdk-lib';
import {
  CfnBasePathMappingV2,
  CfnDomainNameAccessAssociation,
  CfnDomainNameV2,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';
import { type ApiDomainOptions, certificateDaysToExpiry, toTlsSettings } from './api-domain.ts';

export interface PrivateApiDomainProps extends Omit<ApiDomainOptions, 'mutualTls'> {
  readonly restApi: RestApi;
  readonly vpcEndpointIds: readonly string[];
  /** Of the endpoint that the alias points at; needed with a hosted zone. */
  readonly dnsEntries?: readonly string[];
}

/** A private API's own name: of another kind than a public one, and open to the same VPC endpoints alone. */
export class PrivateApiDomain extends Construct {
  private readonly certificateArn: string;

  constructor(scope: Construct, id: string, props: PrivateApiDomainProps) {
    super(scope, id);
    const { domainName, certificateArn, restApi, vpcEndpointIds } = props;
    this.certificateArn = certificateArn;
    const domain = new CfnDomainNameV2(this, 'Domain', {
      domainName,
      certificateArn,
      endpointConfiguration: { types: ['PRIVATE'] },
      policy: toDomainPolicy(vpcEndpointIds),
      ...toTlsSettings(props),
    });
    new CfnBasePathMappingV2(this, 'Mapping', {
      domainNameArn: domain.attrDomainNameArn,
      restApiId: restApi.restApiId,
      stage: restApi.deploymentStage.stageName,
    }).node.addDependency(restApi.deploymentStage);
    for (const [index, vpcEndpointId] of vpcEndpointIds.entries())
      new CfnDomainNameAccessAssociation(this, `Association${index}`, {
        accessAssociationSource: vpcEndpointId,
        accessAssociationSourceType: 'VPCE',
        domainNameArn: domain.attrDomainNameArn,
      });
    this.addAlias(props);
  }

  metricCertificateDaysToExpiry(): Metric {
    return certificateDaysToExpiry(this.certificateArn);
  }

  private addAlias({ domainName, hostedZoneId, dnsEntries }: PrivateApiDomainProps): void {
    if (hostedZoneId === undefined || dnsEntries === undefined) return;
    // `<hosted zone>:<name>`, the endpoint's regional name first.
    const first = Fn.split(':', Fn.select(0, [...dnsEntries]));
    new CfnRecordSet(this, 'Alias', {
      hostedZoneId,
      name: domainName,
      type: 'A',
      aliasTarget: { hostedZoneId: Fn.select(0, first), dnsName: Fn.select(1, first) },
    });
  }
}

/** The API's own policy, behind it, says who. */
const toDomainPolicy = (vpcEndpointIds: readonly string[]) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' },
    {
      Effect: 'Deny',
      Principal: '*',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
      Condition: { StringNotEquals: { 'aws:SourceVpce': vpcEndpointIds } },
    },
  ],
});
