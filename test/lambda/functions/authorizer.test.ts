import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { environment } from '../../../lambda/functions/environment.ts';
import type { AuthorizerResult } from '../../../lambda/http/authorizer.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { aMethodArn, anAuthorizerEvent, apiId, stage } from '../../support/authorizer-event.ts';
import { type LoopbackIssuer, startLoopbackIssuer } from '../../support/loopback-issuer.ts';
import { aSigningKey, type SigningKey, sign } from '../../support/tokens.ts';

const { apiId: id, stage: ownStage, configurationFile, url, tokenKeyArn } = environment;
/** All that it reads. */
const variables = [id, ownStage, configurationFile, url, tokenKeyArn];

let key: SigningKey;
let idp: LoopbackIssuer;
let directory: string;
let lines: string[];
/** A cold start for each test: the function with an empty cache. */
let handler: (event: ReturnType<typeof anAuthorizerEvent>) => Promise<AuthorizerResult>;

beforeAll(async () => {
  key = await aSigningKey('one');
  directory = mkdtempSync(join(tmpdir(), 'daypass-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  idp = await startLoopbackIssuer([key.publicJwk]);
  const okta = {
    type: 'oidc',
    issuer: idp.url,
    audience: 'daypass',
    algorithms: ['ES256'],
    claims: { owner: { claim: '/repository_owner_id', type: 'string' } },
    admit: [{ Effect: 'Allow', Condition: { StringEquals: { 'claims:owner': '1234567' } } }],
  };
  const file = join(directory, 'configuration.json');
  writeFileSync(file, JSON.stringify(aConfigurationDocument({ issuers: { okta } })));
  Object.assign(process.env, {
    [environment.apiId]: apiId,
    [environment.stage]: stage,
    [environment.configurationFile]: file,
    [environment.url]: 'https://broker.example',
    [environment.tokenKeyArn]: 'arn:aws:kms:eu-west-1:111111111111:key/0c64c1f2-4f5e-4f2b-9f0a-5a2c8ad3c111',
  });
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  jest.resetModules();
  ({ handler } = await import('../../../lambda/functions/authorizer.ts'));
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const name of variables) {
    delete process.env[name];
  }
  await idp.close();
});

/** A token that is good now, by the real clock. */
function aToken(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: idp.url, sub: 'subject-canary', aud: 'daypass', iat, exp: iat + 300 };
  return sign(key, { ...claims, repository_owner_id: '1234567', ...changes });
}

describe('authorizer function', () => {
  it('allows the method for the principal of a good token', async () => {
    const result = await handler(anAuthorizerEvent([`Bearer ${await aToken()}`]));

    expect(result.policyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: aMethodArn() },
    ]);
    expect(JSON.parse(result.context.principal)).toMatchObject({
      issuer: 'okta',
      subject: 'subject-canary',
      claims: { owner: '1234567' },
    });
  });

  it('fetches nothing at its cold start', () => {
    expect(idp.requests).toEqual([]);
  });

  it('refuses a caller whom the issuer does not admit as it refuses a forged token', async () => {
    const notAdmitted = handler(
      anAuthorizerEvent([`Bearer ${await aToken({ repository_owner_id: '7654321' })}`]),
    );
    await expect(notAdmitted).rejects.toEqual(new Error('Unauthorized'));

    const forged = handler(anAuthorizerEvent([`Bearer ${(await aToken()).slice(0, -4)}AAAA`]));
    await expect(forged).rejects.toEqual(new Error('Unauthorized'));

    expect(lines.map((line) => JSON.parse(line).reason)).toEqual(['not-admitted', 'signature']);
  });

  it('fails, not refuses, when the issuer cannot be reached', async () => {
    await idp.close();

    await expect(handler(anAuthorizerEvent([`Bearer ${await aToken()}`]))).rejects.toThrow('issuer okta');

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'ERROR', issuer: 'okta' });
  });

  it('writes one line of JSON for each request, and nothing of the token', async () => {
    const token = await aToken();

    await handler(anAuthorizerEvent([`Bearer ${token}`]));
    await handler(anAuthorizerEvent([`Bearer ${token}x`])).catch(() => undefined);

    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['token accepted', 'token refused']);
    for (const line of lines) {
      expect(line.endsWith('\n')).toBe(true);
      for (const part of [...token.split('.'), 'canary', '1234567']) expect(line).not.toContain(part);
    }
  });

  it.each(variables)('fails at its cold start without %s', async (name) => {
    delete process.env[name];
    jest.resetModules();

    await expect(import('../../../lambda/functions/authorizer.ts')).rejects.toThrow(name);
  });
});
