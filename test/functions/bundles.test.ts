import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FunctionName, functionNames } from '../../lambda/core/function-roles.ts';
import { environment } from '../../lambda/functions/environment.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { toTokenKeyPolicy } from '../../lib/token-key-policy.ts';
import { startEmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { toTokenKeyArn } from '../../local/aws/kms/token-key.ts';
import { compileLocalConfiguration } from '../../local/compile-local-configuration.ts';
import { createTables } from '../../local/create-tables.ts';
import { createFaults } from '../../local/faults.ts';
import { toLocalFederator } from '../../local/federator.ts';
import { type FunctionRunner, startFunction } from '../../local/functions/function-runner.ts';
import { demoClientSecret } from '../../local/identity-provider/demo-callers.ts';
import type { IdentityProvider } from '../../local/identity-provider/identity-provider.ts';
import { readWorld, withRoles, withUsers } from '../../local/world.ts';
import { startTestIdentityProvider } from '../support/an-identity-provider.ts';
import { anIntent, outcomes } from '../support/an-issuance.ts';
import { deployedNames, deployedTables, synthesizeFunctions } from '../support/deployed-functions.ts';
import { startLoopbackIssuer } from '../support/loopback-issuer.ts';
import { aSigningKey, type SigningKey, sign } from '../support/tokens.ts';

/*
 * The deployed bundles, as the stack packs them, with the environment and the permissions that the stack gives them,
 * on the embedded AWS.
 */
const outdir = mkdtempSync(join(tmpdir(), 'daypass-bundles-'));
const closing: (() => Promise<void>)[] = [];
const logs: string[] = [];
let deployed: ReturnType<typeof synthesizeFunctions>;
let toEnvironment: (name: FunctionName) => Readonly<Record<string, string>>;
let functions: Readonly<Record<FunctionName, FunctionRunner>>;
let resumeRotations: () => Promise<void>;
let key: SigningKey;
let issuerUrl: string;
let identityProvider: IdentityProvider;

/** On loopback, because the local identity provider signs people in to no other broker. */
const brokerUrl = 'http://127.0.0.1:8080';

beforeAll(async () => {
  deployed = synthesizeFunctions(outdir);
  key = await aSigningKey('one', 'RS256');
  const issuer = await startLoopbackIssuer([key.publicJwk]);
  closing.push(issuer.close);
  issuerUrl = issuer.url;
  identityProvider = await startTestIdentityProvider();
  closing.push(() => identityProvider.close(0));
  const aws = await startAws();
  resumeRotations = aws.resumeRotations;
  toEnvironment = (name) => ({
    ...deployed[name].variables,
    ...toRuntimeEnvironment(aws.url, aws.serviceCredentials(deployed[name].roleArn)),
    // There is no /opt here: the same document as in the layer, with the issuer's address of today.
    [environment.configurationFile]: writeConfiguration(deployed[name].folder),
    ...(name === 'audit' ? { [environment.openApiFile]: join(layerFolder(), 'openapi.json') } : {}),
    ...(environment.url in deployed[name].variables ? { [environment.url]: brokerUrl } : {}),
    // The embedded IAM knows a new key everywhere at once.
    ...(name === 'rotation' ? { [environment.keyTestSeconds]: '0' } : {}),
  });
  const start = async (name: FunctionName) => {
    const runner = await startFunction({
      name,
      module: deployed[name].module,
      environment: toEnvironment(name),
      log: (line) => logs.push(line),
    });
    closing.push(runner.close);
    return runner;
  };
  functions = {
    authorizer: await start('authorizer'),
    issuer: await start('issuer'),
    audit: await start('audit'),
    saml: await start('saml'),
    controls: await start('controls'),
    revoker: await start('revoker'),
    publisher: await start('publisher'),
    reconciler: await start('reconciler'),
    rotation: await start('rotation'),
    integrations: await start('integrations'),
    'integration-issuer': await start('integration-issuer'),
    prober: await start('prober'),
  };
}, 120_000);

afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(outdir, { recursive: true });
});

async function startAws() {
  const roles = functionNames.map((name) => ({
    arn: deployed[name].roleArn,
    trust: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    policies: deployed[name].policies,
  }));
  const { configuration } = readConfigurationFile('config/daypass.yaml');
  const federator = toLocalFederator(configuration);
  if (federator === undefined) throw new TypeError('the example has no federator');
  const world = withUsers(withRoles(readWorld('local/world.yaml'), roles), [federator.user]);
  const dataDirectory = join(outdir, 'aws');
  mkdirSync(dataDirectory);
  const { deployment } = configuration;
  const keyPolicies = { [toTokenKeyArn(deployment)]: toTokenKeyPolicy(deployment) };
  const aws = await startEmbeddedAws({
    ...{ world, port: 0, dataDirectory, keyPolicies },
    faults: createFaults(),
    secrets: [federator.secret],
    invokeFunction: (_arn, event) => functions.rotation.invoke(event),
  });
  closing.push(() => aws.close());
  const operator = [...world.users.values()].find(({ arn }) => arn.endsWith(':user/operator'));
  if (operator === undefined) throw new TypeError('the world has no operator');
  await createTables({
    endpoint: aws.url,
    region: 'eu-west-1',
    tableNames: deployedTables,
    credentials: async () => operator,
  });
  return aws;
}

/** What Lambda itself sets. */
const toRuntimeEnvironment = (awsUrl: string, credentials: { uri: string; authorizationToken: string }) => ({
  TZ: ':UTC',
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: awsUrl,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: credentials.uri,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: credentials.authorizationToken,
});

const layerFolder = () =>
  join(outdir, readdirSync(outdir).find((name) => name.startsWith('configuration-')) ?? '');

function writeConfiguration(bundle: string): string {
  const document = JSON.parse(readFileSync(join(layerFolder(), 'daypass.json'), 'utf8'));
  const settings = new Map([...identityProvider.settings, ['okta', { issuer: issuerUrl }]]);
  const file = `${bundle}.json`;
  writeFileSync(file, JSON.stringify(compileLocalConfiguration(document, settings)));
  return file;
}

const sdkClients = ['dynamodb', 'eventbridge', 'iam', 'kms', 'lambda', 's3', 'secrets-manager', 'sts'];

const common = ['apiId', 'stage', 'configurationFile'] as const;

const variablesOf: Readonly<Record<FunctionName, readonly (keyof typeof environment)[]>> = {
  authorizer: [...common, 'url', 'tokenKeyArn', 'integrationTable'],
  issuer: [
    ...common,
    'issuanceTable',
    'proofTable',
    'url',
    'federationUrl',
    'stsUrl',
    'controlTable',
    'quotaTable',
    'webIdentityKeyArns',
    'federatorSecretArn',
  ],
  audit: [...common, 'issuanceTable', 'findingTable', 'openApiFile', 'url', 'webIdentityKeyArns'],
  saml: [...common, 'url', 'tokenKeyArn', 'proofTable'],
  controls: [...common, 'issuanceTable', 'controlTable', 'quotaTable'],
  revoker: ['stage', 'configurationFile'],
  publisher: ['stage', 'issuanceTable', 'findingTable', 'controlTable'],
  rotation: ['stage', 'federatorSecretArn', 'federatorUserName', 'keyTestSeconds'],
  integrations: [
    ...([...common, 'issuanceTable', 'proofTable', 'integrationTable'] as const),
    ...(['controlTable', 'quotaTable'] as const),
  ],
  'integration-issuer': [
    ...([...common, 'issuanceTable', 'proofTable', 'integrationTable'] as const),
    ...(['url', 'federationUrl', 'controlTable', 'quotaTable'] as const),
  ],
  prober: ['stage', 'configurationFile', 'integrationTable'],
  reconciler: [
    ...(['stage', 'configurationFile', 'issuanceTable', 'findingTable', 'witnessTable'] as const),
    ...(['trailBucket', 'url'] as const),
  ],
};

describe('each bundle', () => {
  it.each(functionNames)('of %s is one module and its source map', (name) => {
    expect(readdirSync(deployed[name].folder).sort()).toEqual(['index.mjs', 'index.mjs.map']);
  });

  it.each(functionNames)('of %s holds its own entry, and nothing that is not deployed', (name) => {
    const { folder } = deployed[name];
    const map = JSON.parse(readFileSync(join(folder, 'index.mjs.map'), 'utf8'));
    const sources = map.sources.map((source: string) => relative(process.cwd(), join(folder, source)));
    const entries = sources.filter((source: string) => source.startsWith('lambda/functions/')).sort();

    expect(sources.filter((source: string) => !/^(lambda|node_modules)\//.test(source))).toEqual([]);
    expect(sources.filter(isDevelopmentTool)).toEqual([]);
    const admits = ['issuer', 'integrations', 'integration-issuer', 'controls'].includes(name);
    const configured =
      name === 'rotation' || name === 'publisher' ? [] : ['read-configuration-file.ts', 'read-json-file.ts'];
    expect(entries).toEqual(
      [
        `${name}.ts`,
        'environment.ts',
        'function-logger.ts',
        ...configured,
        ...(admits ? ['function-admission.ts'] : []),
      ]
        .map((file) => `lambda/functions/${file}`)
        .sort(),
    );
  });

  it('holds an SDK client only where the role may use it', () => {
    const holds = (name: FunctionName, client: string) =>
      readFileSync(join(deployed[name].folder, 'index.mjs.map'), 'utf8').includes(`@aws-sdk/${client}/`);

    expect(
      functionNames.map((name) => [name, sdkClients.filter((client) => holds(name, `client-${client}`))]),
    ).toEqual([
      ['authorizer', ['dynamodb', 'kms']],
      ['issuer', ['dynamodb', 'kms', 'secrets-manager', 'sts']],
      ['audit', ['dynamodb', 'kms']],
      ['saml', ['dynamodb', 'kms']],
      ['controls', ['dynamodb', 'lambda']],
      ['publisher', ['eventbridge']],
      ['reconciler', ['dynamodb', 's3']],
      ['rotation', ['iam', 'secrets-manager', 'sts']],
      ['integrations', ['dynamodb', 'lambda']],
      ['integration-issuer', ['dynamodb', 'lambda', 'sts']],
      ['prober', ['dynamodb', 'sts']],
      ['revoker', ['iam']],
    ]);
  });

  it.each([
    ['authorizer', 750],
    ['issuer', 950],
    ['audit', 650],
    ['saml', 850],
    ['controls', 900],
    ['revoker', 550],
    ['publisher', 500],
    ['reconciler', 900],
    ['rotation', 700],
    ['integrations', 900],
    ['integration-issuer', 900],
    ['prober', 700],
  ] as const)('of %s stays below %i KB, which its cold start pays for', (name, kilobytes) => {
    expect(statSync(join(deployed[name].folder, 'index.mjs')).size).toBeLessThan(kilobytes * 1024);
  });

  it.each(
    functionNames.flatMap((name) => variablesOf[name].map((variable) => [name, environment[variable]])),
  )('of %s does not start without %s', async (name, variable) => {
    const { [variable]: value, ...rest } = toEnvironment(name as FunctionName);
    expect(value).toBeDefined();

    const starting = startFunction({
      name,
      module: deployed[name as FunctionName].module,
      environment: rest,
      log: () => {},
    });

    await expect(starting).rejects.toThrow(`environment variable ${variable} is not set`);
  });
});

const isDevelopmentTool = (source: string) =>
  /^node_modules\/(aws-cdk-lib|constructs|cdk-nag|yaml|dynalite|oidc-provider|esbuild)\//.test(source);

describe('the deployed publisher', () => {
  it('tells EventBridge of a record of the stream, with the permissions that the stack gives it', async () => {
    const id = '01KDVDPJ0000000000000000A0';
    const NewImage = marshall({ ...anIntent({ id }), ...outcomes.ISSUED }, { removeUndefinedValues: true });

    const answer = await functions.publisher.invoke({
      Records: [
        {
          ...{ eventID: '1', eventName: 'INSERT', eventSource: 'aws:dynamodb', awsRegion: 'eu-west-1' },
          eventSourceARN: `arn:aws:dynamodb:eu-west-1:111111111111:table/${deployedNames.tableName}/stream/2026-01-01T00:00:00.000`,
          dynamodb: {
            Keys: marshall({ id }),
            NewImage,
            SequenceNumber: '111',
            StreamViewType: 'NEW_AND_OLD_IMAGES',
          },
        },
      ],
    });
    const { AWS_ENDPOINT_URL: awsUrl } = toEnvironment('publisher');
    const { Events } = (await (await fetch(`${awsUrl}/_local/events`)).json()) as {
      readonly Events: unknown;
    };

    expect(answer).toEqual({ batchItemFailures: [] });
    expect(Events).toEqual([
      expect.objectContaining({
        source: 'daypass',
        detail: expect.objectContaining({ issuanceId: id, stage: 'prod' }),
      }),
    ]);
  });
});

describe('the deployed functions', () => {
  it('take a token, issue credentials and find them in the audit', async () => {
    const principal = await authorize(await aToken(), 'POST', '/v1/profiles/prod-readonly/credentials');

    const issued = await invoke('issuer', {
      method: 'POST',
      resource: '/v1/profiles/{profile}/credentials',
      pathParameters: { profile: 'prod-readonly' },
      body: '{"durationSeconds":900}',
      principal,
    });
    const found = await invoke('audit', {
      method: 'GET',
      resource: '/v1/issuances',
      query: { accessKeyId: [issued.body.Credentials?.AccessKeyId] },
      principal,
    });

    expect(issued.status).toBe(200);
    expect(found).toMatchObject({
      status: 200,
      body: { issuances: [{ id: issued.body.IssuanceId, state: 'ISSUED', profile: 'prod-readonly' }] },
    });
    expect(found.body.issuances).toHaveLength(1);
  });

  it('refuse a profile to a caller whom its trust does not name, and record it', async () => {
    const token = await aToken({ sub: 'mallory', groups: ['developers'], amr: ['pwd'] });
    const principal = await authorize(token, 'POST', '/v1/profiles/prod-readonly/credentials');

    const refused = await invoke('issuer', {
      method: 'POST',
      resource: '/v1/profiles/{profile}/credentials',
      pathParameters: { profile: 'prod-readonly' },
      principal,
    });
    const found = await invoke('audit', { method: 'GET', resource: '/v1/issuances', principal });

    expect(refused).toMatchObject({ status: 403, body: { code: 'access-denied' } });
    expect(found.body).toMatchObject({ issuances: [{ state: 'DENIED', profile: 'prod-readonly' }] });
  });

  it('suspend and lift: what is suspended is issued to nobody in between', async () => {
    const principal = await authorize(await aToken(), 'POST', '/v1/suspensions');
    const issue = async () =>
      invoke('issuer', {
        ...{ method: 'POST', resource: '/v1/profiles/{profile}/credentials', principal },
        pathParameters: { profile: 'prod-readonly' },
      });
    const control = (resource: string, body: object, pathParameters = {}) =>
      invoke('controls', {
        ...{ method: 'POST', resource, principal, pathParameters },
        body: JSON.stringify({ reason: 'a drill', ...body }),
      });

    const suspended = await control('/v1/suspensions', { everything: true });
    const denied = await issue();
    const lifted = await control('/v1/suspensions/{id}/lift', {}, { id: 'everything' });

    expect([suspended.status, denied.status, lifted.status]).toEqual([200, 403, 200]);
    expect(denied.body.code).toBe('suspended');
    expect((await issue()).status).toBe(200);
  });

  it.each([
    ['another API', { apiId: 'z9y8x7w6v5' }],
    ['another stage', { stage: 'test' }],
    ['another path', { resourcePath: '/v1/profiles' }],
  ])('refuse an event of %s', async (_, requestContext) => {
    const principal = await authorize(await aToken(), 'GET', '/v1/whoami');

    const { status, body } = await invoke('issuer', {
      method: 'GET',
      resource: '/v1/whoami',
      principal,
      requestContext,
    });

    expect([status, body.code]).toEqual([403, 'foreign-event']);
  });

  it.each([
    ['expired', async () => aToken({ iat: 1_000_000_000, exp: 1_000_000_300 })],
    [
      "signed by another key under the issuer's key id",
      async () => aToken({}, await aSigningKey('one', 'RS256')),
    ],
    ['not signed', async () => (await aToken()).replace(/[^.]+$/, '')],
    ['for another audience', async () => aToken({ aud: 'another' })],
  ])('refuse a token that is %s', async (_, toToken) => {
    const refused = authorize(await toToken(), 'GET', '/v1/whoami');

    await expect(refused).rejects.toMatchObject({ errorMessage: 'Unauthorized' });
  });

  it('sign a caller of SAML in once, and take the token that stands for it', async () => {
    const address = `${identityProvider.url}/adfs/response?${new URLSearchParams({ caller: 'analyst', url: brokerUrl })}`;
    const body = new URLSearchParams({ SAMLResponse: await (await fetch(address)).text() }).toString();
    const post = () =>
      invoke('saml', {
        method: 'POST',
        resource: '/v1/saml/acs',
        body,
        contentType: formType,
        principal: {},
      });

    const signedIn = await post();
    const again = await post();
    const principal = await authorize(signedIn.body.token, 'GET', '/v1/profiles');
    const listed = await invoke('issuer', { method: 'GET', resource: '/v1/profiles', principal });

    expect(signedIn).toMatchObject({ status: 200, body: { issuer: 'adfs', subject: 'analyst@example.com' } });
    expect([again.status, again.body.code]).toEqual([401, 'saml-response-refused']);
    expect(listed.body).toMatchObject({ profiles: [{ name: 'team-data' }, { name: 'saml-reports' }] });
  });

  it('issue once for a proof of an integration', async () => {
    const token = await aProof();
    const ask = async () =>
      invoke('issuer', {
        method: 'POST',
        resource: '/v1/profiles/{profile}/credentials',
        pathParameters: { profile: 'partner-drop' },
        principal: await authorize(token, 'POST', '/v1/profiles/partner-drop/credentials'),
      });

    const answers = await Promise.all([ask(), ask(), ask()]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  it.each([
    ['a role that a profile names', 'Runner', ['ci-deploy']],
    ['a role that none names', 'Reader', []],
  ])('hear %s by its signature', async (_, role, profiles) => {
    const identity = {
      ...requestContext.identity,
      accountId: '222222222222',
      caller: 'AROAEXAMPLEEXAMPLEEXA:build-17',
      userArn: `arn:aws:sts::222222222222:assumed-role/${role}/build-17`,
      principalOrgId: 'o-exampleorg1',
    };

    const { status, body } = await invoke('issuer', {
      method: 'GET',
      resource: '/iam/v1/profiles',
      principal: await authorize(await aToken(), 'GET', '/v1/profiles'),
      requestContext: { identity },
    });

    expect(status).toBe(200);
    expect(body.profiles.map(({ name }: { readonly name: string }) => name)).toEqual(profiles);
  });

  it('rotate a key in and issue by it', async () => {
    const principal = await authorize(await aToken(), 'POST', '/v1/profiles/federated-reports/credentials');
    const issue = () =>
      invoke('issuer', {
        method: 'POST',
        resource: '/v1/profiles/{profile}/credentials',
        pathParameters: { profile: 'federated-reports' },
        principal,
      });

    const before = await issue();
    await resumeRotations();
    const after = await issue();

    expect(before.status).toBe(503);
    expect(after).toMatchObject({
      status: 200,
      body: { FederatedUser: { FederatedUserId: expect.any(String) } },
    });
  });

  it('log no token and no secret', async () => {
    const token = await aToken();
    const principal = await authorize(token, 'POST', '/v1/profiles/prod-readonly/credentials');
    const { body } = await invoke('issuer', {
      method: 'POST',
      resource: '/v1/profiles/{profile}/credentials',
      pathParameters: { profile: 'prod-readonly' },
      principal,
    });
    const { SecretAccessKey, SessionToken } = body.Credentials;

    const logged = logs.join('\n');
    expect(logged).toContain('token accepted');
    for (const secret of [token, token.split('.')[2], SecretAccessKey, SessionToken]) {
      expect(typeof secret).toBe('string');
      expect(logged.includes(secret)).toBe(false);
    }
  });
});

function aToken(claims: Readonly<Record<string, unknown>> = {}, signingKey = key): Promise<string> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return sign(signingKey, {
    iss: issuerUrl,
    sub: 'sre',
    aud: 'daypass',
    iat: nowSeconds,
    exp: nowSeconds + 300,
    groups: ['sre'],
    team: 'payments',
    amr: ['mfa'],
    ...claims,
  });
}

/** A new `private_key_jwt` of the third party in the example configuration. */
async function aProof(): Promise<string> {
  const answer = await fetch(`${identityProvider.url}/partner/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`partner:${demoClientSecret}`).toString('base64')}`,
      'content-type': formType,
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: proof } = (await answer.json()) as { readonly access_token: string };
  return proof;
}

const formType = 'application/x-www-form-urlencoded';

const requestContext = {
  accountId: '111111111111',
  apiId: deployedNames.apiId,
  stage: 'prod',
  protocol: 'HTTP/1.1',
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  extendedRequestId: 'R0FURVdBWS1SRVFVRVNU',
  identity: { sourceIp: '203.0.113.7', userAgent: 'curl/8.5.0' },
};

/** Asks the authorizer as API Gateway does, and answers the context that it would hand on. */
async function authorize(token: string, method: string, path: string) {
  const result = (await functions.authorizer.invoke({
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:eu-west-1:111111111111:${deployedNames.apiId}/prod/${method}${path}`,
    resource: path,
    path,
    httpMethod: method,
    headers: { Authorization: `Bearer ${token}` },
    multiValueHeaders: { Authorization: [`Bearer ${token}`] },
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: {},
    stageVariables: {},
    requestContext: { ...requestContext, resourcePath: path, httpMethod: method, path: `/prod${path}` },
  })) as { readonly principalId: string; readonly context: Readonly<Record<string, string>> };
  return { principalId: result.principalId, ...result.context };
}

interface Request {
  readonly method: string;
  readonly resource: string;
  readonly principal: Readonly<Record<string, string>>;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
  /** @default application/json */
  readonly contentType?: string;
  readonly requestContext?: Readonly<Record<string, unknown>>;
}

/** A Lambda proxy event of a REST API, payload format 1.0. */
async function invoke(name: 'issuer' | 'audit' | 'saml' | 'controls', request: Request) {
  const { method, resource, principal, pathParameters = null, query = null, body = null } = request;
  const { contentType = 'application/json' } = request;
  const path = resource.replace(/\{(\w+)\}/g, (_, parameter: string) => pathParameters?.[parameter] ?? '');
  const headers = { Accept: '*/*', ...(body === null ? {} : { 'Content-Type': contentType }) };
  const result = (await functions[name].invoke({
    resource,
    path,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([header, value]) => [header, [value]]),
    ),
    queryStringParameters:
      query && Object.fromEntries(Object.entries(query).map(([parameter, values]) => [parameter, values[0]])),
    multiValueQueryStringParameters: query,
    pathParameters,
    stageVariables: null,
    requestContext: {
      ...requestContext,
      resourcePath: resource,
      httpMethod: method,
      path: `/prod${path}`,
      authorizer: { ...principal, integrationLatency: 12 },
      ...request.requestContext,
    },
    body,
    isBase64Encoded: false,
  })) as { readonly statusCode: number; readonly body: string };
  return { status: result.statusCode, body: JSON.parse(result.body) };
}
