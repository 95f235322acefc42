import { Duration, Validations } from 'aws-cdk-lib';
import {
  AccessLogFormat,
  AuthorizationType,
  type CfnRestApi,
  EndpointType,
  type IAuthorizer,
  IdentitySource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RequestAuthorizer,
  ResponseType,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { apiPolicyVariable } from '../../lambda/http/api-policy-variable.ts';
import { toDeployedRoutes } from '../../lambda/http/deployed-routes.ts';
import {
  type GatewayResponse,
  gatewayResponses,
  toGatewayResponseBody,
} from '../../lambda/http/gateway-responses.ts';
import type { Route } from '../../lambda/http/routes.ts';
import { createApiPolicy, toApiPolicyId } from '../api-policy.ts';
import { accessLogFormat } from './access-log-format.ts';

export interface BrokerApiProps {
  /** Says which stage it is, the first segment of each path, and whose signatures are heard. */
  readonly configuration: Configuration;
  readonly authorizer: IFunction;
  /** Of all functions that the configuration deploys. */
  readonly handlers: Readonly<Partial<Record<Route['handledBy'], IFunction>>>;
  readonly accessLogs: ILogGroup;
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

  constructor(scope: Construct, id: string, props: BrokerApiProps) {
    super(scope, id);
    const { stage } = props.configuration.deployment;
    this.policyId = toApiPolicyId(props.configuration);
    this.restApi = new RestApi(this, 'RestApi', {
      restApiName: `daypass-${stage}`,
      description: 'Daypass: temporary AWS credentials by reviewed policy',
      endpointTypes: [EndpointType.REGIONAL],
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
    // Outputs are the stack's to choose.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.requireModernTls();
    this.limitSignatures(props.configuration);
    this.addRoutes(props, this.createAuthorizer(props.authorizer));
    for (const response of gatewayResponses) this.addGatewayResponse(response);
    this.acceptFindings();
  }

  /** TLS 1.2 at least, with forward secrecy; without this a regional API takes TLS 1.0. */
  private requireModernTls(): void {
    const restApi = this.restApi.node.defaultChild as CfnRestApi;
    restApi.securityPolicy = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
    restApi.endpointAccessMode = 'STRICT';
  }

  /** As written, not by CDK's own statements, which would merge ours. A changed policy is a new deployment, without which it would not hold. */
  private limitSignatures(configuration: Configuration): void {
    const restApi = this.restApi.node.defaultChild as CfnRestApi;
    const { stage } = configuration.deployment;
    restApi.policy = createApiPolicy({
      configuration,
      // API Gateway expands it with the API's own ARN, which the API cannot name itself.
      toResource: (method, path) => `execute-api:/${stage}/${method}${path}`,
    });
  }

  private createAuthorizer(handler: IFunction): IAuthorizer {
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

  private addGatewayResponse(response: GatewayResponse): void {
    const headers = { 'Content-Type': 'application/problem+json', ...response.headers };
    this.restApi.addGatewayResponse(toConstructId(response.type), {
      type: ResponseType.of(response.type),
      ...(response.status === undefined ? {} : { statusCode: String(response.status) }),
      // API Gateway takes a fixed value in single quotes.
      responseHeaders: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, `'${value}'`]),
      ),
      templates: { 'application/json': toGatewayResponseBody(response, '$context.extendedRequestId') },
    });
  }

  private acceptFindings(): void {
    Validations.of(this).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason: 'The functions bound and parse each request, and answer with the name of the field in error',
      },
      {
        id: 'AwsSolutions-APIG3',
        reason:
          'Every route but the open ones needs a token, and the stage is throttled; a web ACL may be attached to the stage',
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
    case 'issuer':
    case 'integrations':
    case 'integration-issuer':
      throw new TypeError('no route of a function that issues or manages may be open');
  }
}

/** `MISSING_AUTHENTICATION_TOKEN` to `MissingAuthenticationToken`. */
const toConstructId = (type: string) =>
  type.toLowerCase().replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
