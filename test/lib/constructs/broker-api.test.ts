import { describe, expect, it } from '@jest/globals';
import { gatewayResponses } from '../../../lambda/http/gateway-responses.ts';
import { routes } from '../../../lambda/http/routes.ts';
import { createApiPolicy } from '../../../lib/api-policy.ts';
import { readConfigurationFile } from '../../../lib/config.ts';
import { accessLogFormat } from '../../../lib/constructs/access-log-format.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { aDaypassStack, toTemplate } from '../../support/a-daypass-stack.ts';

const template = toTemplate(aDaypassStack().stack);
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

const methods = ofType('AWS::ApiGateway::Method').map((method) => ({
  ...method,
  route: `${method['HttpMethod']} ${toPath(method['ResourceId'].Ref)}`,
}));

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

  it("keeps each function's resource policy well below Lambda's 20 480 bytes", () => {
    const bytes = new Map<string, number>();
    const permissions = ofType('AWS::Lambda::Permission').filter(isOfApi);
    for (const { Action, FunctionName, Principal, SourceArn } of permissions) {
      const name = JSON.stringify(FunctionName);
      const statement = JSON.stringify({ Action, Principal, FunctionName, SourceArn });
      bytes.set(name, (bytes.get(name) ?? 0) + statement.length);
    }

    expect(bytes.size).toBe(6);
    expect(Math.max(...bytes.values())).toBeLessThan(18_000);
  });

  it('may not invoke the functions that are not behind it', () => {
    const others = ofType('AWS::Lambda::Permission').filter((permission) => !isOfApi(permission));

    expect(others.map(({ Principal }) => Principal).sort()).toEqual([
      'events.amazonaws.com',
      'events.amazonaws.com',
      'secretsmanager.amazonaws.com',
    ]);
    for (const { FunctionName } of others)
      expect(JSON.stringify(FunctionName)).toMatch(/DaypassRotation|DaypassIntegrationsFunction/);
    const ofApi = ofType('AWS::Lambda::Permission').filter(isOfApi);
    expect(JSON.stringify(ofApi)).not.toMatch(/Rotation|Prober/);
  });

  it('limits signed requests by the policy of the configuration, for its own stage', () => {
    const { configuration } = readConfigurationFile('config/daypass.yaml');
    const [restApi] = ofType('AWS::ApiGateway::RestApi');

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

const isOfApi = ({ Principal }: Readonly<Record<string, unknown>>) =>
  Principal === 'apigateway.amazonaws.com';
