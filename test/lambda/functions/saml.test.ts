import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { environment } from '../../../lambda/functions/environment.ts';
import { toTokenKeyPolicy } from '../../../lib/token-key-policy.ts';
import { toTokenKeyArn } from '../../../local/aws/kms/token-key.ts';
import { toBrokerRoles } from '../../../local/broker-roles.ts';
import { createTables } from '../../../local/create-tables.ts';
import { toBrokerAddressee } from '../../../local/identity-provider/saml-addressees.ts';
import { createSamlResponse, type SamlIdentity } from '../../../local/identity-provider/saml-response.ts';
import { createSelfSignedCertificate } from '../../../local/identity-provider/self-signed-certificate.ts';
import { withRoles } from '../../../local/world.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';
import { aConfiguration, aConfigurationDocument } from '../../support/a-configuration.ts';
import { aContext, anEvent, type EventParts, own } from '../../support/an-event.ts';
import { reconciliationTables } from '../../support/reconciliation-tables.ts';

/*
 * The whole function with the permissions that it is deployed with, on the embedded AWS, and assertions signed as an
 * identity provider signs them.
 */
const brokerUrl = 'https://daypass.example.com';
const tableNames = { issuances: 'daypass-issuances', proofs: 'daypass-proofs', ...reconciliationTables };
const keyPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const identity: SamlIdentity = {
  entityId: 'https://idp.example/metadata',
  singleSignOnUrl: 'https://idp.example/sso',
  privateKey: keyPair.privateKey,
  certificate: createSelfSignedCertificate(keyPair, 'corp', {
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + 86_400_000),
  }),
};
const corp = {
  type: 'saml',
  entityId: identity.entityId,
  singleSignOnUrl: identity.singleSignOnUrl,
  certificates: [identity.certificate],
  idpInitiated: false,
};

let aws: TestAws;
let directory: string;
let variables: Readonly<Record<string, string>>;
let lines: string[];
let handler: (event: APIGatewayProxyEvent, context: typeof aContext) => Promise<APIGatewayProxyResult>;

beforeAll(async () => {
  const configuration = aConfiguration({ issuers: { corp }, profiles: {} });
  const { deployment } = configuration;
  const tokenKeyArn = toTokenKeyArn(deployment);
  const roles = toBrokerRoles(configuration, tableNames);
  directory = mkdtempSync(join(tmpdir(), 'daypass-saml-'));
  const file = join(directory, 'configuration.json');
  writeFileSync(file, JSON.stringify(aConfigurationDocument({ issuers: { corp }, profiles: {} })));
  aws = await startTestAws(withRoles(aWorld(), roles.worldRoles), {
    keyPolicies: { [tokenKeyArn]: toTokenKeyPolicy(deployment) },
  });
  const { region } = deployment;
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const { uri, authorizationToken } = aws.serviceCredentials(roles.functionRoleArns.saml);
  variables = {
    AWS_REGION: region,
    AWS_ENDPOINT_URL: aws.url,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
    [environment.apiId]: own.apiId,
    [environment.stage]: own.stage,
    [environment.configurationFile]: file,
    [environment.url]: brokerUrl,
    [environment.tokenKeyArn]: tokenKeyArn,
    [environment.proofTable]: tableNames.proofs,
  };
  Object.assign(process.env, variables);
  ({ handler } = await coldStart());
}, 20_000);
afterAll(async () => {
  for (const name of Object.keys(variables)) delete process.env[name];
  await aws.stop();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  jest.restoreAllMocks();
  aws.faults.clear();
});

/** As a new process: with the environment of now. */
async function coldStart() {
  jest.resetModules();
  return await import('../../../lambda/functions/saml.ts');
}

const callerOf = (subject: string) =>
  ({ issuer: 'corp', subject, secret: 'none', claims: {} }) as unknown as Parameters<
    typeof createSamlResponse
  >[0]['caller'];

/** What a browser comes back with after it signed in at the identity provider. */
const aResponse = (inResponseTo?: string) =>
  createSamlResponse({
    ...{ saml: identity, caller: callerOf('jane@example.com'), nowMs: Date.now() },
    addressee: toBrokerAddressee(brokerUrl),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
  });

async function logIn(): Promise<{ readonly cookie: string; readonly requestId: string }> {
  const { headers } = await handler(anEvent('beginSamlLogin', { authorizer: undefined }), aContext);
  const [cookie = ''] = String(headers?.['Set-Cookie']).split(';');
  return { cookie, requestId: cookie.split('=')[1] ?? '' };
}

async function post(samlResponse: string, headers: EventParts['headers'] = {}) {
  const { statusCode, body } = await handler(
    anEvent('consumeSamlResponse', {
      body: new URLSearchParams([['SAMLResponse', samlResponse]]).toString(),
      authorizer: undefined,
      headers: { 'Content-Type': ['application/x-www-form-urlencoded'], ...headers },
    }),
    aContext,
  );
  return { status: statusCode, body: JSON.parse(body) };
}

describe('the saml function', () => {
  it('gives a token of the broker’s own for the response to the request that this browser began', async () => {
    const { cookie, requestId } = await logIn();

    const { status, body } = await post(aResponse(requestId), { Cookie: [cookie] });

    expect([status, body.issuer, body.subject]).toEqual([200, 'corp', 'jane@example.com']);
    expect(decodeProtectedHeader(body.token)).toMatchObject({ alg: 'RS256', typ: 'daypass+jwt' });
    expect(decodeJwt(body.token)).toMatchObject({ iss: brokerUrl, aud: brokerUrl, sub: 'jane@example.com' });
    expect(requestId).toMatch(/^_[0-9a-f]{32}\.corp$/);
  });

  it('begins each sign-in with another id', async () => {
    const ids = [await logIn(), await logIn(), await logIn()].map(({ requestId }) => requestId);

    expect(new Set(ids).size).toBe(3);
  });

  it('takes a response once', async () => {
    const { cookie, requestId } = await logIn();
    const response = aResponse(requestId);
    await post(response, { Cookie: [cookie] });

    const { status, body } = await post(response, { Cookie: [cookie] });

    expect([status, body.code]).toEqual([401, 'saml-response-refused']);
    expect(lines.at(-1)).toContain('replayed');
  });

  it.each([
    ['no cookie', () => ({})],
    ['the cookie of another request', (other: string) => ({ Cookie: [other] })],
    ['that cookie before its own', (other: string, cookie: string) => ({ Cookie: [`${other}; ${cookie}`] })],
  ])(
    'refuses a response that comes with %s, and takes it afterwards with its own',
    async (_what, toHeaders) => {
      const [{ cookie, requestId }, other] = [await logIn(), await logIn()];
      const response = aResponse(requestId);

      const stolen = await post(response, toHeaders(other.cookie, cookie));
      const own = await post(response, { Cookie: [cookie] });

      expect([stolen.status, stolen.body.code]).toEqual([401, 'saml-response-refused']);
      expect(own.status).toBe(200);
    },
  );

  it.each([
    ['kms', 'token-key-unavailable'],
    ['dynamodb', 'replay-check-unavailable'],
  ] as const)('gives nothing while %s fails', async (service, code) => {
    const { cookie, requestId } = await logIn();
    aws.faults.replace([{ service, kind: '500' }]);

    const { status, body } = await post(aResponse(requestId), { Cookie: [cookie] });

    expect([status, body.code, body.token]).toEqual([503, code, undefined]);
  });

  it('logs neither response nor token nor subject nor cookie', async () => {
    const { cookie, requestId } = await logIn();
    const response = aResponse(requestId);

    const { body } = await post(response, { Cookie: [cookie] });

    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['request', 'saml sign-in', 'request']);
    for (const secret of [response.slice(0, 40), body.token, 'jane', requestId]) {
      expect(lines.join('')).not.toContain(secret);
    }
  });

  it.each([environment.url, environment.tokenKeyArn])('fails at its cold start without %s', async (name) => {
    delete process.env[name];

    await expect(coldStart()).rejects.toThrow(name);
    Object.assign(process.env, variables);
  });
});
