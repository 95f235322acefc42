import { describe, expect, it } from '@jest/globals';
import { gatewayResponses } from '../../../lambda/http/gateway-responses.ts';
import { routes } from '../../../lambda/http/routes.ts';
import { createApiPolicy } from '../../../lib/api-policy.ts';
import { readConfigurationFile } from '../../../lib/config.ts';
import { accessLogFormat } from '../../../lib/constructs/access-log-format.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';

const { stack } = aDaypassStack();
const template = toTemplate(stack);
const resources: Readonly<Record<string, { Type: string; Properties: Record<string, unknown> }>> =
  template.toJSON()['Resources'];

const ofType = (type: string) =>
  Object.entries(template.findResources(type)).map(([id, { Properties }]) => ({ id, ...Properties }));

/** `/v1/profiles/{profile}`, from a resource and its parents. */
function toPath(resourceId: string): string {
  const { ParentId, PathPart } = resources[resourceId]?.Properties ?? {};
  const parent = (ParentId as { Ref?: string } | undefined)?.Ref;
  return `${parent === undefined ? '' : toPath(parent)}/${PathPart}`;
}

interface FirewallRule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: {
    readonly Block: { readonly CustomResponse: { readonly CustomResponseBodyKey: string } };
  };
  readonly OverrideAction?: unknown;
  readonly Statement: {
    readonly RateBasedStatement?: unknown;
    readonly ManagedRuleGroupStatement?: { readonly RuleActionOverrides?: unknown };
  };
  readonly VisibilityConfig: { readonly MetricName: string; readonly SampledRequestsEnabled: boolean };
}

const methods = ofType('AWS::ApiGateway::Method').map((method) => ({
  ...method,
  route: `${method['HttpMethod']} ${toPath(method['ResourceId'].Ref)}`,
}));

describe('the firewall before the API', () => {
  const [webAcl] = ofType('AWS::WAFv2::WebACL');
  const rules: readonly FirewallRule[] = webAcl?.['Rules'];

  it('lets pass what no rule refuses, and stands before the one stage', () => {
    const [restApi] = Object.keys(template.findResources('AWS::ApiGateway::RestApi'));
    const [stage] = Object.keys(template.findResources('AWS::ApiGateway::Stage'));
    const [association, ...more] = ofType('AWS::WAFv2::WebACLAssociation');

    expect(webAcl).toMatchObject({ Scope: 'REGIONAL', DefaultAction: { Allow: {} } });
    expect(JSON.stringify(association?.['ResourceArn'])).toContain(
      `:apigateway:eu-west-1::/restapis/",{"Ref":"${restApi}"},"/stages/",{"Ref":"${stage}"}`,
    );
    expect(more).toEqual([]);
  });

  it('asks for the rate of an address first, then for the managed rules, whose refusals stand', () => {
    expect(rules.map(({ Name, Priority }) => [Priority, Name])).toEqual([
      [0, 'AddressesThatAskTooOften'],
      [1, 'AWSManagedRulesAmazonIpReputationList'],
      [2, 'AWSManagedRulesKnownBadInputsRuleSet'],
      [3, 'AWSManagedRulesCommonRuleSet'],
    ]);
    expect(rules[0]?.['Statement'].RateBasedStatement).toEqual({
      AggregateKeyType: 'IP',
      EvaluationWindowSec: 300,
      Limit: 3000,
    });
    for (const { OverrideAction } of rules.slice(1)) expect(OverrideAction).toEqual({ None: {} });
  });

  it('refuses no body for its size or its text, and no SDK that does not say its name', () => {
    const overridden = rules.map(
      ({ Statement }) => Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
    );

    expect(overridden.slice(0, 3)).toEqual([[], [], []]);
    expect(overridden[3]).toEqual(
      [
        'SizeRestrictions_BODY',
        'EC2MetaDataSSRF_BODY',
        'GenericLFI_BODY',
        'GenericRFI_BODY',
        'CrossSiteScripting_BODY',
        'NoUserAgent_HEADER',
        'RestrictedExtensions_URIPATH',
      ].map((Name) => ({ Name, ActionToUse: { Count: {} } })),
    );
    expect(webAcl?.['AssociationConfig']).toEqual({
      RequestBody: { API_GATEWAY: { DefaultSizeInspectionLimit: 'KB_64' } },
    });
  });

  it('tells an address that asks too often so with a problem document, and when to try again', () => {
    const answer = rules[0]?.Action?.Block.CustomResponse;
    const body = webAcl?.['CustomResponseBodies'][answer?.CustomResponseBodyKey ?? ''];

    expect(answer).toMatchObject({
      ResponseCode: 429,
      ResponseHeaders: [{ Name: 'Retry-After', Value: '60' }],
    });
    expect(body.ContentType).toBe('APPLICATION_JSON');
    expect(JSON.parse(body.Content)).toMatchObject({ status: 429, code: 'throttled-by-firewall' });
  });

  it('keeps no token: not in its logs, not in samples, not in what a rule matched on', () => {
    const [logging] = ofType('AWS::WAFv2::LoggingConfiguration');
    const secrets = ['authorization', 'cookie', 'x-amz-security-token'];
    const visibilities = [webAcl, ...rules].map((one) => one?.['VisibilityConfig'].SampledRequestsEnabled);

    expect(new Set(visibilities)).toEqual(new Set([false]));
    expect(logging?.['RedactedFields']).toEqual([
      ...secrets.map((Name) => ({ SingleHeader: { Name } })),
      { QueryString: {} },
    ]);
    expect(webAcl?.['DataProtectionConfig'].DataProtections).toEqual([
      { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: secrets } },
      { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
      { Action: 'SUBSTITUTION', Field: { FieldType: 'BODY' } },
    ]);
  });

  it('logs what it refuses to a group with the name that WAF asks for, encrypted and kept as the others', () => {
    const [id, group] =
      Object.entries(template.findResources('AWS::Logs::LogGroup')).find(([, { Properties }]) =>
        JSON.stringify(Properties.LogGroupName ?? '').includes('aws-waf-logs-daypass-'),
      ) ?? [];
    const [logging] = ofType('AWS::WAFv2::LoggingConfiguration');

    expect(group?.['Properties']).toMatchObject({
      RetentionInDays: 400,
      KmsKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^DaypassLogsKey/), 'Arn'] },
    });
    expect(group?.['Properties'].LogGroupName['Fn::Join'][1][0]).toBe('aws-waf-logs-daypass-prod-');
    expect(JSON.stringify(logging?.['LogDestinationConfigs'])).toContain(`:log-group:",{"Ref":"${id}"}]`);
    expect(logging?.['LoggingFilter']).toEqual({
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [{ ActionCondition: { Action: 'BLOCK' } }],
        },
      ],
    });
  });

  it('is measured by the name of its metrics', () => {
    const metric = stack.daypass.api.webAcl
      ?.metricBlockedRequests('AddressesThatAskTooOften')
      .toMetricConfig();

    expect(metric?.metricStat?.dimensions).toEqual([
      { name: 'Region', value: 'eu-west-1' },
      { name: 'Rule', value: 'AddressesThatAskTooOften' },
      { name: 'WebACL', value: webAcl?.['VisibilityConfig'].MetricName },
    ]);
    expect(rules[0]?.['VisibilityConfig'].MetricName).toBe('AddressesThatAskTooOften');
  });
});

describe('BrokerApi', () => {
  it('has exactly the routes of the table', () => {
    expect(methods.map(({ route }) => route).sort()).toEqual(
      routes.map(({ method, path }) => `${method} ${path}`).sort(),
    );
  });

  it.each(routes)('authorizes $method $path as the table says, and hands it to its function', (route) => {
    const [authorizer] = ofType('AWS::ApiGateway::Authorizer');
    const method = methods.find((candidate) => candidate.route === `${route.method} ${route.path}`);

    expect([method?.['AuthorizationType'], method?.['AuthorizerId']]).toEqual(
      {
        token: ['CUSTOM', { Ref: authorizer?.id }],
        iam: ['AWS_IAM', undefined],
        none: ['NONE', undefined],
      }[route.authorization],
    );
    expect(method?.['Integration'].Type).toBe('AWS_PROXY');
    expect(JSON.stringify(method?.['Integration'].Uri).toLowerCase()).toContain(
      `daypass${route.handledBy.replace('-', '')}function`,
    );
  });

  it('asks the authorizer for every request, which is never cached', () => {
    expect(ofType('AWS::ApiGateway::Authorizer')).toMatchObject([
      {
        Type: 'REQUEST',
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: 'method.request.header.Authorization',
      },
    ]);
  });

  it('may invoke a function for its own routes alone, and never as a test', () => {
    const permissions = ofType('AWS::Lambda::Permission').filter(isOfApi);
    const sources = permissions.map((permission) => JSON.stringify(permission['SourceArn']));

    expect(permissions).toHaveLength(routes.length + 1);
    expect(sources.filter((source) => source.includes('test-invoke-stage'))).toEqual([]);
    expect(sources.filter((source) => /"\/\*|\/\*\/\*/.test(source))).toEqual([]);
    for (const { method, path } of routes) {
      const ending = `"/${method}${path.replace(/\{[^}]+\}/g, '*')}"]]}`;
      expect(sources.filter((source) => source.endsWith(ending))).toHaveLength(1);
    }
  });

  it("keeps each function's resource policy below 18 KB, of the 20 that Lambda takes, however long the names", () => {
    const bytes = new Map<string, number>();
    for (const permission of ofType('AWS::Lambda::Permission')) {
      const name = JSON.stringify(permission['FunctionName']);
      bytes.set(name, (bytes.get(name) ?? 0) + toPolicyBytes(permission));
    }

    const handlers = new Set(routes.map(({ handledBy }) => handledBy));
    // Each has one, and so has the authorizer.
    expect(bytes.size).toBeGreaterThan(handlers.size);
    expect(Math.max(...bytes.values())).toBeGreaterThan(5000);
    expect([...bytes].filter(([, size]) => size >= 18_000)).toEqual([]);
  });

  it('may not invoke the functions that are not behind it, and leaves to others what is theirs', () => {
    const toName = ({ FunctionName }: Readonly<Record<string, unknown>>) =>
      /Daypass(\w+?)(?:Function|Witness)/.exec(JSON.stringify(FunctionName))?.[1];
    const [ofApi, ofOthers] = [true, false].map((wanted) =>
      ofType('AWS::Lambda::Permission').filter((permission) => isOfApi(permission) === wanted),
    );
    const behind = routes.map(({ handledBy }) => handledBy.replaceAll('-', '')).concat('authorizer');

    expect(new Set(ofApi?.map((permission) => toName(permission)?.toLowerCase()))).toEqual(new Set(behind));
    expect(
      new Set(ofOthers?.map((permission) => `${permission['Principal']} ${toName(permission)}`)),
    ).toEqual(
      new Set([
        'events.amazonaws.com Controls',
        'events.amazonaws.com Integrations',
        'events.amazonaws.com Reconciler',
        'events.amazonaws.com Rotation',
        // By the alias for the access log's lines.
        'logs.eu-west-1.amazonaws.com Reconciliation',
        'secretsmanager.amazonaws.com Rotation',
      ]),
    );
  });

  it('limits signed requests by the policy of the configuration, for its own stage', () => {
    const { configuration } = readConfigurationFile('config/daypass.yaml');
    const [restApi] = ofType('AWS::ApiGateway::RestApi');
    expect(JSON.stringify(restApi?.['Policy'])).not.toContain('aws:SourceVpce');

    expect(restApi?.['Policy']).toEqual(
      createApiPolicy({ configuration, toResource: (method, path) => `execute-api:/prod/${method}${path}` }),
    );
  });

  it('deploys anew when that policy changes, which would not hold before', () => {
    const toDeployments = (accounts: readonly string[]) => {
      const document = aConfigurationDocument({
        issuers: {
          okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
          aws: { type: 'iam', accounts },
        },
      });
      return Object.keys(
        toTemplate(aDaypassStack({ document }).stack).findResources('AWS::ApiGateway::Deployment'),
      );
    };

    const [one, same, other] = [['222222222222'], ['222222222222'], ['333333333333']].map(toDeployments);

    expect(one).toHaveLength(1);
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it.each(gatewayResponses)('answers $type by itself with a problem document', (response) => {
    const deployed = ofType('AWS::ApiGateway::GatewayResponse').filter(
      ({ ResponseType }) => ResponseType === response.type,
    );
    const [{ StatusCode, ResponseParameters, ResponseTemplates } = {}] = deployed;
    const body = ResponseTemplates['application/json'].replace('$context.extendedRequestId', 'R0FURVdBWQ=');

    expect(deployed).toHaveLength(1);
    expect(StatusCode).toBe('status' in response ? String(response.status) : undefined);
    expect(ResponseParameters).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
    });
    expect(JSON.parse(body)).toMatchObject({ code: response.code, instance: 'R0FURVdBWQ=' });
    expect(body).not.toContain('$');
  });

  it('sends the headers of the table with its gateway responses', () => {
    const headers = ofType('AWS::ApiGateway::GatewayResponse').map((response) => [
      response['ResponseType'],
      response['ResponseParameters'],
    ]);

    expect(Object.fromEntries(headers)).toMatchObject({
      UNAUTHORIZED: { 'gatewayresponse.header.WWW-Authenticate': `'Bearer realm="daypass"'` },
      AUTHORIZER_FAILURE: { 'gatewayresponse.header.Retry-After': "'5'" },
      THROTTLED: { 'gatewayresponse.header.Retry-After': "'1'" },
    });
    expect(headers).toHaveLength(gatewayResponses.length);
  });

  it('logs access without secrets, traces, throttles, and writes no execution log', () => {
    expect(ofType('AWS::ApiGateway::Stage')).toMatchObject([
      {
        StageName: 'prod',
        TracingEnabled: true,
        AccessLogSetting: { Format: accessLogFormat },
        MethodSettings: [
          {
            HttpMethod: '*',
            ResourcePath: '/*',
            LoggingLevel: 'OFF',
            DataTraceEnabled: false,
            ThrottlingRateLimit: 50,
            ThrottlingBurstLimit: 100,
          },
        ],
      },
    ]);
  });

  it('is regional and takes no TLS below 1.2', () => {
    expect(ofType('AWS::ApiGateway::RestApi')).toMatchObject([
      {
        EndpointConfiguration: { Types: ['REGIONAL'] },
        SecurityPolicy: expect.stringMatching(/^SecurityPolicy_TLS13_1_2_/),
        EndpointAccessMode: 'STRICT',
      },
    ]);
  });

  it('deploys anew whatever a deployment takes a picture of', () => {
    const [deployment] = Object.values(template.findResources('AWS::ApiGateway::Deployment'));

    expect(deployment?.['DependsOn']).toEqual(
      expect.arrayContaining([
        ...methods.map(({ id }) => id),
        ...ofType('AWS::ApiGateway::GatewayResponse').map(({ id }) => id),
      ]),
    );
  });
});

/** The longest that there are: no region's name has more than 14 characters. */
const longest: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'r'.repeat(14),
  'AWS::AccountId': '111111111111',
};

/** The longest text that an intrinsic function becomes: an API's id has ten characters, a stage's name sixteen. */
function toLongestText(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('eu-west-1', 'r'.repeat(14));
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) return join[1].map(toLongestText).join(join[0]);
  if (Ref === undefined) return 'x'.repeat(140);
  return (
    longest[Ref] ?? (resources[Ref]?.Type === 'AWS::ApiGateway::RestApi' ? 'x'.repeat(10) : 'x'.repeat(16))
  );
}

/** Of one statement as Lambda keeps it: CloudFormation's statement ids have up to 100 characters, function names up to 64. */
function toPolicyBytes({ Principal, SourceArn, SourceAccount }: Readonly<Record<string, unknown>>): number {
  const statement = {
    Sid: 's'.repeat(100),
    Effect: 'Allow',
    Principal: { Service: Principal },
    Action: 'lambda:InvokeFunction',
    Resource: `arn:aws-us-gov:lambda:${'r'.repeat(14)}:111111111111:function:${'f'.repeat(64)}:ready`,
    Condition: {
      ...(SourceAccount === undefined ? {} : { StringEquals: { 'AWS:SourceAccount': '111111111111' } }),
      ArnLike: { 'AWS:SourceArn': toLongestText(SourceArn) },
    },
  };
  return Buffer.byteLength(JSON.stringify(statement)) + 1;
}

const isOfApi = ({ Principal }: Readonly<Record<string, unknown>>) =>
  Principal === 'apigateway.amazonaws.com';
