import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { compactVerify, decodeProtectedHeader, errors } from 'jose';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { createFetchKmsKeys, createKmsTokenSigner } from '../../../lambda/adapters/kms-token-signer.ts';
import { createAuthenticate } from '../../../lambda/core/authenticate.ts';
import { toBrokerClaims } from '../../../lambda/core/broker-token.ts';
import type { SamlIssuer } from '../../../lambda/core/configuration.ts';
import { TokenKeyUnavailableError } from '../../../lambda/core/errors.ts';
import { type FunctionName, toRoleArn } from '../../../lambda/core/function-roles.ts';
import { brokerTokenType, toBrokerIssuer } from '../../../lambda/core/token-issuer.ts';
import { createFunctionRoles } from '../../../lib/permissions.ts';
import { toTokenKeyPolicy } from '../../../lib/token-key-policy.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import { toTokenKeyArn } from '../../../local/aws/kms/token-key.ts';
import { createFaults } from '../../../local/faults.ts';
import { parseWorld, withRoles } from '../../../local/world.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';

const configuration = aConfiguration();
const { deployment } = configuration;
const keyArn = toTokenKeyArn(deployment);
const otherKeyArn = toTokenKeyArn({ ...deployment, accountId: '222222222222' });
const url = 'https://broker.example';
const claims = { iss: url, sub: 'jane' };

const dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-kms-'));
const faults = createFaults();
let aws: EmbeddedAws;
const clients: KMSClient[] = [];

/** The roles and the key policy as they are deployed. */
beforeAll(async () => {
  const roles = createFunctionRoles({
    configuration,
    tableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/issuances',
    proofTableArn: 'arn:aws:dynamodb:eu-west-1:111111111111:table/proofs',
    tokenKeyArn: keyArn,
    webIdentityKeyArns: [],
  });
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  const world = parseWorld(
    JSON.stringify({
      region: 'eu-west-1',
      accounts: { 111111111111: { name: 'broker' }, 222222222222: { name: 'other' } },
    }),
    'world',
  );
  const worldRoles = Object.values(roles).map(({ roleArn, statements }) => ({
    arn: roleArn,
    trust,
    // Those that do nothing with keys have no tables here, and so no permissions.
    policies: statements.length === 0 ? [] : [{ Version: '2012-10-17', Statement: statements }],
  }));
  aws = await startEmbeddedAws({
    ...{ world: withRoles(world, worldRoles), port: 0, dataDirectory, faults },
    keyPolicies: { [keyArn]: toTokenKeyPolicy(deployment) },
  });
});
afterEach(() => faults.clear());
afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** With the credentials of a function's own role. */
async function kmsOf(name: FunctionName): Promise<KMSClient> {
  const { uri, authorizationToken } = aws.serviceCredentials(toRoleArn(deployment, name));
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>;
  const client = new KMSClient({
    ...{ endpoint: aws.url, region: deployment.region, maxAttempts: 2 },
    credentials: {
      accessKeyId: `${AccessKeyId}`,
      secretAccessKey: `${SecretAccessKey}`,
      sessionToken: `${Token}`,
    },
  });
  clients.push(client);
  return client;
}

const aSigner = async (options: { name?: FunctionName; keyArn?: string; timeoutMs?: number } = {}) =>
  createKmsTokenSigner({ keyArn, timeoutMs: 2000, ...options, client: await kmsOf(options.name ?? 'saml') });
const aFetcher = async (options: { name?: FunctionName; keyArn?: string; timeoutMs?: number } = {}) =>
  createFetchKmsKeys({
    keyArn,
    timeoutMs: 2000,
    ...options,
    client: await kmsOf(options.name ?? 'authorizer'),
  });

describe('createKmsTokenSigner', () => {
  it('signs a token that jose takes with the fetched key, and no other', async () => {
    const [key] = await (await aFetcher())();
    const token = await (await aSigner()).sign({ type: brokerTokenType, claims });

    const verified = await compactVerify(token, key?.key ?? new Uint8Array(), { algorithms: ['RS256'] });

    expect(verified.protectedHeader).toEqual({ alg: 'RS256', kid: key?.keyId, typ: 'daypass+jwt' });
    expect(JSON.parse(new TextDecoder().decode(verified.payload))).toEqual(claims);
    const [header = '', , signature = ''] = token.split('.');
    const altered = `${header}.${Buffer.from('{"sub":"mallory"}').toString('base64url')}.${signature}`;
    await expect(compactVerify(altered, key?.key ?? new Uint8Array())).rejects.toThrow(
      errors.JWSSignatureVerificationFailed,
    );
  });

  it('signs what is longer than the 4096 bytes of a KMS message', async () => {
    const [key] = await (await aFetcher())();
    const long = { ...claims, groups: Array.from({ length: 400 }, (_, index) => `group-${index}-é`) };

    const token = await (await aSigner()).sign({ type: brokerTokenType, claims: long });

    expect(token.length).toBeGreaterThan(4096);
    await compactVerify(token, key?.key ?? new Uint8Array());
  });

  it('names the key by its id, without account and region', async () => {
    const token = await (await aSigner()).sign({ type: brokerTokenType, claims });

    expect(decodeProtectedHeader(token).kid).toBe(keyArn.split('/')[1]);
  });

  it.each(['authorizer', 'issuer', 'audit'] as const)('rejects when the role is that of %s', async (name) => {
    const signing = (await aSigner({ name })).sign({ type: brokerTokenType, claims });

    await expect(signing).rejects.toMatchObject({
      code: 'token-key-unavailable',
      detail: expect.stringMatching(/^AccessDeniedException: /),
    });
  });

  it.each([
    ['KMS throttles', [{ service: 'kms', kind: 'throttle' }], {}, /^ThrottlingException/],
    ['KMS fails', [{ service: 'kms', kind: '500' }], {}, /^KMSInternalException/],
    [
      'KMS does not answer',
      [{ service: 'kms', kind: 'timeout' }],
      { timeoutMs: 50 },
      /^(Timeout|Abort)Error/,
    ],
    ['the connection breaks', [{ service: 'kms', kind: 'reset' }], {}, /ECONNRESET|socket hang up/],
    ['the answer is no JSON', [{ service: 'kms', kind: 'malformed' }], {}, /^SyntaxError/],
    ['the answer is empty', [{ service: 'kms', kind: 'empty' }], {}, /^Error: KMS answered/],
    ['the key is another account’s', [], { keyArn: otherKeyArn }, /^AccessDeniedException/],
  ] as const)('rejects with the cause when %s', async (_what, found, options, detail) => {
    faults.replace(found);

    const signing = (await aSigner(options)).sign({ type: brokerTokenType, claims });

    const error = await signing.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TokenKeyUnavailableError);
    expect(error).toMatchObject({ status: 503, detail: expect.stringMatching(detail) });
  });

  it('signs after a first attempt was throttled, because the client repeats it', async () => {
    faults.replace([{ service: 'kms', kind: 'throttle', times: 1 }]);

    await expect((await aSigner()).sign({ type: brokerTokenType, claims })).resolves.toMatch(/^ey/);
  });

  it.each([
    [{ KeyId: otherKeyArn, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256', Signature: Buffer.alloc(256) }],
    [{ KeyId: keyArn, SigningAlgorithm: 'RSASSA_PSS_SHA_256', Signature: Buffer.alloc(256) }],
    [{ KeyId: keyArn, SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256', Signature: new Uint8Array() }],
    [{}],
  ])('rejects when KMS answers with another key, algorithm or nothing (%#)', async (answer) => {
    const signer = createKmsTokenSigner({ client: answering(answer), keyArn, timeoutMs: 2000 });

    await expect(signer.sign({ type: brokerTokenType, claims })).rejects.toThrow(TokenKeyUnavailableError);
  });

  it.each([
    'alias/daypass',
    'arn:aws:kms:eu-west-1:111111111111:alias/daypass',
    keyArn.split('/')[1] ?? '',
    '',
  ])('throws when it is made for %j', (wrong) => {
    const options = { client: answering({}), keyArn: wrong, timeoutMs: 2000 };

    expect(() => createKmsTokenSigner(options)).toThrow(TypeError);
    expect(() => createFetchKmsKeys(options)).toThrow(TypeError);
  });
});

describe('createFetchKmsKeys', () => {
  it('gives one key of RS256 under the id that the signer names', async () => {
    const keys = await (await aFetcher())();

    expect(keys).toEqual([{ keyId: keyArn.split('/')[1], algorithm: 'RS256', key: expect.anything() }]);
  });

  it.each(['issuer', 'audit', 'saml'] as const)('rejects when the role is that of %s', async (name) => {
    await expect((await aFetcher({ name }))()).rejects.toThrow(
      /is not authorized to perform: kms:GetPublicKey/,
    );
  });

  it.each(['throttle', '500', 'timeout', 'reset', 'malformed', 'empty'] as const)(
    'rejects when KMS has the fault %s',
    async (kind) => {
      faults.replace([{ service: 'kms', kind }]);

      await expect((await aFetcher({ timeoutMs: kind === 'timeout' ? 50 : 2000 }))()).rejects.toThrow();
    },
  );

  it.each([
    ['for encryption', { KeyUsage: 'ENCRYPT_DECRYPT' }],
    ['of an elliptic curve', { KeySpec: 'ECC_NIST_P256' }],
    ['of another ARN', { KeyId: otherKeyArn }],
    ['without its bytes', { PublicKey: undefined }],
    ['of bytes that are none', { PublicKey: Buffer.from('none') }],
  ])('rejects a key %s', async (_what, changes) => {
    const real = await aFetchedAnswer();

    const client = answering({ ...real, ...changes });

    await expect(createFetchKmsKeys({ client, keyArn, timeoutMs: 2000 })()).rejects.toThrow();
  });
});

describe('a token of the broker', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  const now = () => nowMs;
  const corp: SamlIssuer = {
    ...{ type: 'saml', name: 'corp', entityId: 'https://idp.example', idpInitiated: false },
    ...{ singleSignOnUrl: 'https://idp.example/sso', certificates: [], claims: new Map() },
    mfa: { authnContexts: [], authnMethods: [] },
  };
  const issuers = new Map([['corp', corp]]);
  const principal = aPrincipal({ issuer: 'corp', subject: 'jane', expiresAt: nowMs / 1000 + 600 });
  const brokerToken = async (type: string, at = nowMs) =>
    (await aSigner()).sign({ type, claims: toBrokerClaims(principal, { url, tokenId: 'id', nowMs: at }) });

  async function anAuthenticate() {
    const broker = toBrokerIssuer(url);
    const parts = {
      issuers,
      now,
      logger: aRecordingLogger(),
      fetch: () => Promise.reject(new Error('no network')),
    };
    const verifier = createJoseTokenVerifier({
      ...parts,
      broker: { issuer: broker, fetchKeys: await aFetcher() },
    });
    return createAuthenticate({ issuers, broker, verifier, now });
  }

  it('is taken by the authorizer’s own verifier for the principal that it stands for', async () => {
    const authenticate = await anAuthenticate();

    await expect(authenticate(await brokerToken(brokerTokenType))).resolves.toMatchObject({
      issuer: 'corp',
      subject: 'jane',
    });
  });

  it.each([
    ['of another type', 'JWT', nowMs],
    ['that has expired', brokerTokenType, nowMs - 3_600_000],
  ])('%s is refused', async (_what, type, at) => {
    const authenticate = await anAuthenticate();

    await expect(authenticate(await brokerToken(type, at))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  it('is refused as unavailable, not as forged, while KMS cannot be asked for the key', async () => {
    const token = await brokerToken(brokerTokenType);
    const authenticate = await anAuthenticate();
    faults.replace([{ service: 'kms', kind: '500' }]);

    await expect(authenticate(token)).rejects.toMatchObject({ name: 'IssuerUnavailableError' });
  });
});

/** For answers that the embedded KMS cannot be made to give. */
function answering(answer: object): Pick<KMSClient, 'send'> {
  return { send: () => Promise.resolve(answer) } as unknown as Pick<KMSClient, 'send'>;
}

async function aFetchedAnswer(): Promise<object> {
  const answers: object[] = [];
  const client = await kmsOf('authorizer');
  const send = client.send.bind(client) as (...parameters: readonly unknown[]) => Promise<object>;
  const recording = {
    send: async (...parameters: readonly unknown[]) => {
      const answer = await send(...parameters);
      answers.push(answer);
      return answer;
    },
  } as unknown as Pick<KMSClient, 'send'>;
  await createFetchKmsKeys({ client: recording, keyArn, timeoutMs: 2000 })();
  return answers[0] ?? {};
}
