import { Duration, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnRestApi,
  EndpointAccessMode,
  EndpointType,
  type IAuthorizer,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { apiPolicyVariable } from '../../lambda/http/api-policy-variable.ts';
import { toDeployedRoutes } from '../../lambda/http/deployed-routes.ts';
import type { Route } from '../../lambda/http/routes.ts';
import { type ApiPolicyOptions, createApiPolicy, toApiPolicyId } from '../api-policy.ts';
import { accessLogFormat } from './access-log-format.ts';
import { ApiDomain, type ApiDomainOptions, toTlsSettings } from './api-domain.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { addGatewayResponses } from './gateway-responses.ts';
import { addNetwork, type Network, type PrivateAccess } from './private-access.ts';
import { PrivateApiDomain } from './private-api-domain.ts';
import { WebAcl, type WebAclOptions } from './web-acl.ts';

/** Who can reach the API, and under which name. */
export interface ApiOptions {
  /** A name of its own, which is then the only one. @default API Gateway's own address */
  readonly domain?: ApiDomainOptions;
  /** Makes the API one that VPC endpoints alone lead to. @default regional: the internet leads to it */
  readonly privateAccess?: PrivateAccess;
  /** The firewall before it; `false` where another is put there. @default one, with its defaults */
  readonly webAcl?: WebAclOptions | false;
}

export interface BrokerApiProps extends ApiOptions {
  /** Says which stage it is, the first segment of each path, and whose signatures are heard. */
  readonly configuration: Configuration;
  readonly authorizer: IFunction;
  /** Of all functions that the configuration deploys. */
  readonly handlers: Readonly<Partial<Record<Route['handledBy'], IFunction>>>;
  readonly accessLogs: ILogGroup;
  /** For what else is logged. */
  readonly logs: EncryptedLogs;
  readonly throttle: Throttle;
  /** Whether to set the role by which API Gateway writes logs, one for the account and region. */
  readonly cloudWatchRole: boolean;
}

/** What each method of the API takes, of all callers together: a stage's limits count by method. */
export interface Throttle {
  /** Requests a second, on average. */
  readonly rateLimit: number;
  /** Requests at once. */
  readonly burstLimit: number;
}

/** The API: the route table on API Gateway, with one authorizer and one set of gateway responses. */
export class BrokerApi extends Construct {
  readonly restApi: RestApi;
  /** Digest of the resource policy. */
  readonly policyId: string;
  /** There unless it was declined. */
  readonly webAcl?: WebAcl;
  /** There where the API has a name of its own. */
  readonly domain?: ApiDomain | PrivateApiDomain;

  constructor(scope: Construct, id: string, props: BrokerApiProps) {
    super(scope, id);
    const { configuration, logs, domain, privateAccess, webAcl = {} } = props;
    const network = privateAccess === undefined ? undefined : addNetwork(this, privateAccess);
    const policy = { configuration, ...(network === undefined ? {} : { vpcEndpointIds: network.ids }) };
    this.policyId = toApiPolicyId(policy);
    this.restApi = this.createRestApi(props, network);
    // Outputs are the stack's to choose.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.requireModernTls(domain);
    this.limitCallers(policy);
    this.addRoutes(props, this.createAuthorizer(props.authorizer));
    addGatewayResponses(this.restApi);
    if (webAcl !== false) {
      const stage = this.restApi.deploymentStage;
      const metricName = `daypass-${configuration.deployment.stage}`;
      this.webAcl = new WebAcl(this, 'WebAcl', { ...webAcl, stage, logs, metricName });
    }
    if (domain !== undefined) this.domain = this.createDomain(domain, network);
    this.acceptFindings(webAcl === false);
  }

  /** Days until the domain's certificate expires; nothing where the API has API Gateway's own address. */
  metricCertificateDaysToExpiry(): Metric | undefined {
    return this.domain?.metricCertificateDaysToExpiry();
  }

  private createRestApi(props: BrokerApiProps, network: Network | undefined): RestApi {
    const { stage } = props.configuration.deployment;
    return new RestApi(this, 'RestApi', {
      restApiName: `daypass-${stage}`,
      description: 'Daypass: temporary AWS credentials by reviewed policy',
      ...(network === undefined
        ? { endpointTypes: [EndpointType.REGIONAL] }
        : {
            endpointConfiguration: {
              types: [EndpointType.PRIVATE],
              vpcEndpoints: [...network.endpoints],
            },
          }),
      // A way around the domain would be one around its certificate.
      ...(props.domain === undefined ? {} : { disableExecuteApiEndpoint: true }),
      cloudWatchRole: props.cloudWatchRole,
      deployOptions: {
        stageName: stage,
        accessLogDestination: new LogGroupLogDestination(props.accessLogs),
        accessLogFormat: AccessLogFormat.custom(accessLogFormat),
        // Execution logs hold payloads, headers and credentials.
        loggingLevel: MethodLoggingLevel.OFF,
        dataTraceEnabled: false,
        tracingEnabled: true,
        throttlingRateLimit: props.throttle.rateLimit,
        throttlingBurstLimit: props.throttle.burstLimit,
        // Takes force together with the policy that it names.
        variables: { [apiPolicyVariable]: this.policyId },
      },
    });
  }

  private createDomain(domain: ApiDomainOptions, network: Network | undefined): ApiDomain | PrivateApiDomain {
    const { restApi } = this;
    if (network === undefined) return new ApiDomain(this, 'Domain', { ...domain, restApi });
    const { ids: vpcEndpointIds, dnsEntries } = network;
    const address = dnsEntries === undefined ? {} : { dnsEntries };
    return new PrivateApiDomain(this, 'Domain', { ...domain, ...address, restApi, vpcEndpointIds });
  }

  /**
   * As the domain does, because the API's own policy counts under that name, too (API Gateway guide, "Choose a security
   * policy for your custom domain"); else TLS 1.2 at least, with forward secrecy. Without this a regional API takes 1.0.
   */
  private requireModernTls(domain: ApiDomainOptions | undefined): void {
    const restApi = this.restApi.node.defaultChild as CfnRestApi;
    const isOlder = domain === undefined || domain.mutualTls !== undefined;
    const minimumTls = isOlder ? '1.2' : (domain.minimumTls ?? '1.3');
    restApi.securityPolicy = toTlsSettings({ minimumTls }).securityPolicy;
    restApi.endpointAccessMode = EndpointAccessMode.STRICT;
  }

  /** As written, not by CDK's own statements, which would merge ours. A changed policy is a new deployment, without which it would not hold. */
  private limitCallers(policy: ApiPolicyOptions): void {
    const restApi = this.restApi.node.defaultChild as CfnRestApi;
    const { stage } = policy.configuration.deployment;
    restApi.policy = createApiPolicy({
      ...policy,
      // API Gateway expands it with the API's own ARN, which the API cannot name itself.
      toResource: (method, path) => `execute-api:/${stage}/${method}${path}`,
    });
  }

  private createAuthorizer(handler: IFunction): IAuthorizer {
    // A stage goes on asking the authorizer that it was deployed with: CDK deploys anew for another one only where the app
    // has switched that on (`@aws-cdk/aws-apigateway:authorizerChangeDeploymentLogicalId`).
    this.restApi.latestDeployment?.addToLogicalId({ authorizer: handler.functionArn });
    return new RequestAuthorizer(this, 'Authorizer', {
      handler,
      identitySources: [IdentitySource.header('Authorization')],
      // CDK's default of five minutes would let one method's answer serve another, and outlive the token.
      resultsCacheTtl: Duration.seconds(0),
    });
  }

  private addRoutes({ configuration, handlers }: BrokerApiProps, authorizer: IAuthorizer): void {
    for (const { method, path, handledBy, authorization } of toDeployedRoutes(configuration)) {
      const handler = handlers[handledBy];
      if (handler === undefined) throw new TypeError(`${method} ${path} has no function ${handledBy}`);
      // A test invocation skips the authorizer; it also doubles the function's resource policy (20 KB at most).
      const integration = new LambdaIntegration(handler, { allowTestInvoke: false });
      const added = this.restApi.root.resourceForPath(path).addMethod(method, integration, {
        authorizationType: authorizationTypes[authorization],
        ...(authorization === 'token' ? { authorizer } : {}),
      });
      if (authorization !== 'none') continue;
      Validations.of(added).acknowledge({ id: 'AwsSolutions-APIG4', reason: toReason(handledBy) });
    }
  }

  private acceptFindings(isWithoutFirewall: boolean): void {
    if (isWithoutFirewall) {
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason:
          'Declined by the option webAcl: another firewall is put before the stage, by Firewall Manager for example',
      });
    }
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason: 'The functions bound and parse each request, and answer with the name of the field in error',
      },
      {
        id: 'AwsSolutions-APIG6',
        reason:
          'Execution logs hold tokens and credentials; the access log and the functions log each request without them',
      },
      {
        id: 'AwsSolutions-COG4',
        reason:
          'Callers bring tokens of the configured issuers, which the authorizer function verifies; there is no user pool',
      },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: 'API Gateway refuses an account role that has less than this policy',
      },
    );
  }
}

const authorizationTypes: Readonly<Record<Route['authorization'], AuthorizationType>> = {
  token: AuthorizationType.CUSTOM,
  iam: AuthorizationType.IAM,
  none: AuthorizationType.NONE,
};

/** Why the routes of that function may be open. */
function toReason(handledBy: Route['handledBy']): string {
  switch (handledBy) {
    case 'audit':
      return 'An open route: it tells what a client must know before it has a token, and takes nothing from the request';
    case 'saml':
      return 'An open route: a browser comes here to get a token, for an assertion that the function verifies first';
    default:
      throw new TypeError('no route of a function that issues or manages may be open');
  }
}
