import { Duration } from 'aws-cdk-lib';
import {
  CfnBasePathMapping,
  CfnDomainName,
  EndpointAccessMode,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import { Construct } from 'constructs';

export interface ApiDomainOptions {
  /** In lower case; the configuration's `deployment.url` must be `https://` and this. */
  readonly domainName: string;
  /** Of the deployment's account and region. */
  readonly certificateArn: string;
  /** The Route 53 zone that gets an alias. @default none: the name is pointed at the API elsewhere */
  readonly hostedZoneId?: string;
  /** @default '1.3'; '1.2' with mutual TLS, which API Gateway gives with no other */
  readonly minimumTls?: '1.2' | '1.3';
  /** Callers must show a certificate as well. @default they need none */
  readonly mutualTls?: MutualTls;
}

/** The certificates of whom API Gateway lets in. It reads this one version: a new one takes a deployment. */
export interface MutualTls {
  readonly truststoreBucket: string;
  readonly truststoreKey: string;
  readonly truststoreVersion: string;
}

export interface ApiDomainProps extends ApiDomainOptions {
  readonly restApi: RestApi;
}

/** The API's own name, and the one way in where it has one. */
export class ApiDomain extends Construct {
  private readonly certificateArn: string;

  constructor(scope: Construct, id: string, props: ApiDomainProps) {
    super(scope, id);
    const { domainName, certificateArn, hostedZoneId, mutualTls, restApi } = props;
    this.certificateArn = certificateArn;
    const domain = new CfnDomainName(this, 'Domain', {
      domainName,
      regionalCertificateArn: certificateArn,
      endpointConfiguration: { types: ['REGIONAL'] },
      ...toTlsSettings(props),
      ...(mutualTls === undefined ? {} : { mutualTlsAuthentication: toAuthentication(mutualTls) }),
    });
    new CfnBasePathMapping(this, 'Mapping', {
      domainName: domain.ref,
      restApiId: restApi.restApiId,
      stage: restApi.deploymentStage.stageName,
    }).node.addDependency(restApi.deploymentStage);
    if (hostedZoneId === undefined) return;
    new CfnRecordSet(this, 'Alias', {
      hostedZoneId,
      name: domainName,
      type: 'A',
      aliasTarget: {
        dnsName: domain.attrRegionalDomainName,
        hostedZoneId: domain.attrRegionalHostedZoneId,
      },
    });
  }

  metricCertificateDaysToExpiry(): Metric {
    return certificateDaysToExpiry(this.certificateArn);
  }
}

/** Days until the certificate expires. ACM counts twice a day. */
export const certificateDaysToExpiry = (certificateArn: string): Metric =>
  new Metric({
    namespace: 'AWS/CertificateManager',
    metricName: 'DaysToExpiry',
    dimensionsMap: { CertificateArn: certificateArn },
    statistic: 'Minimum',
    period: Duration.days(1),
  });

export interface TlsSettings {
  readonly securityPolicy: SecurityPolicy;
  readonly endpointAccessMode?: EndpointAccessMode;
}

/**
 * Mutual TLS goes with none of the policies that are named after 1.3. `TLS_1_2` takes 1.3 as well. Source: API Gateway
 * guide, "Choose a security policy for your custom domain".
 */
export function toTlsSettings({
  minimumTls = '1.3',
  mutualTls,
}: Pick<ApiDomainOptions, 'minimumTls' | 'mutualTls'>): TlsSettings {
  if (mutualTls !== undefined) return { securityPolicy: SecurityPolicy.TLS_1_2 };
  const securityPolicy =
    minimumTls === '1.3' ? SecurityPolicy.TLS13_1_3_2025_09 : SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
  return { securityPolicy, endpointAccessMode: EndpointAccessMode.STRICT };
}

const toAuthentication = ({ truststoreBucket, truststoreKey, truststoreVersion }: MutualTls) => ({
  truststoreUri: `s3://${truststoreBucket}/${truststoreKey}`,
  truststoreVersion,
});
