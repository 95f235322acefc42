import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environment } from '../../lambda/functions/environment.ts';
import { type FunctionRunner, startFunction } from '../../local/functions/function-runner.ts';
import { synthesizeFunctions } from '../support/deployed-functions.ts';
import { type AttackWorld, startAttackWorld } from './attack-world.ts';
import { toAttempt, type Verdict } from './attempt.ts';
import { badTokens, needsKeys } from './bad-tokens.ts';
import { type GoodToken, goodTokens } from './good-tokens.ts';
import type { BadToken } from './tables/bad-token.ts';

/*
 * The same table against the authorizer as it is deployed: bundled and minified, in a process of its own environment.
 * One instance takes all rows, as in Lambda; those that no key is needed for come first.
 */
const outdir = mkdtempSync(join(tmpdir(), 'daypass-attacks-'));
const logs: string[] = [];
let world: AttackWorld;
let authorizer: FunctionRunner;

beforeAll(async () => {
  const { authorizer: deployed } = synthesizeFunctions(outdir);
  world = await startAttackWorld();
  const configurationFile = join(outdir, 'attacked.json');
  writeFileSync(configurationFile, JSON.stringify(world.document));
  authorizer = await startFunction({
    name: 'authorizer',
    module: deployed.module,
    environment: {
      ...deployed.variables,
      ...runtimeEnvironment,
      AWS_ENDPOINT_URL: world.kms.url,
      [environment.configurationFile]: configurationFile,
      [environment.url]: world.brokerUrl,
      [environment.tokenKeyArn]: world.kms.keyArn,
    },
    log: (line) => logs.push(line),
  });
}, 120_000);

afterAll(async () => {
  await authorizer.close();
  await world.close();
  rmSync(outdir, { recursive: true });
});

/** What Lambda itself sets. */
const runtimeEnvironment = {
  TZ: ':UTC',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
};

async function attempt(row: BadToken | GoodToken): Promise<Verdict> {
  const { event, requestId } = toAttempt(row, world);
  const answer = await authorizer.invoke(event).then(
    () => 'accepted',
    (error: { readonly errorMessage: string }) => error.errorMessage,
  );
  const { reason, issuer } = await findLogLine(requestId);
  return { answer, reason, issuer };
}

/** The function's output comes by a way of its own, and may come after its answer. */
async function findLogLine(requestId: string): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const line = logs.findLast((one) => one.includes(`"${requestId}"`));
    if (line !== undefined) return JSON.parse(line.replace('[authorizer] ', ''));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const withoutKeys = badTokens.filter(({ reason }) => !needsKeys.has(reason));
const withKeys = badTokens.filter(({ reason }) => needsKeys.has(reason));

describe('the deployed authorizer', () => {
  it.each(withoutKeys)('refuses a token $name ($reason)', async (row) => {
    expect(await attempt(row)).toMatchObject({ answer: 'Unauthorized', reason: row.reason });
  });

  it('has asked neither an issuer nor KMS for any of those', () => {
    expect(world.issuerRequests()).toEqual([]);
    expect(world.kms.requests).toEqual([]);
  });

  it.each(goodTokens)('accepts a token $name of $issuer', async (row) => {
    expect(await attempt(row)).toEqual({
      answer: 'accepted',
      reason: undefined,
      issuer: row.issuer === 'daypass' ? 'adfs' : row.issuer,
    });
  });

  it.each(withKeys)('refuses a token $name, whose issuer it knows ($reason)', async (row) => {
    expect(await attempt(row)).toMatchObject({ answer: 'Unauthorized', reason: row.reason });
  });

  it('has asked each issuer and KMS once, and nobody whom a token named', () => {
    expect([...world.issuerRequests()].sort()).toEqual([
      ...Array(4).fill('/.well-known/openid-configuration'),
      ...Array(4).fill('/jwks'),
    ]);
    expect(world.kms.requests).toHaveLength(1);
    expect(world.attackerRequests()).toEqual([]);
  });

  it('has logged each row once, and no token', () => {
    const lines = logs.map((line) => line.replace('[authorizer] ', ''));

    expect(lines).toHaveLength(badTokens.length + goodTokens.length);
    for (const row of [...badTokens, ...goodTokens]) {
      const token = row.token(world);
      const signature = token.split('.')[2] ?? '';
      if (signature.length > 40) expect(lines.some((line) => line.includes(signature))).toBe(false);
    }
  });
});
