import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRoleArn, toRoleName } from '../../lambda/core/function-roles.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { mintCredentials } from '../../local/aws/credentials.ts';
import { openDataKey } from '../../local/aws/data-key.ts';
import { fetchDemoToken } from '../../local/fetch-demo-token.ts';
import { type Local, startLocal } from '../../local/start-local.ts';
import { readWorld } from '../../local/world.ts';

/*
 * `npm start` from end to end: what the embedded CloudTrail, S3 and access log say reaches the reconciler as AWS sends it.
 */
const dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-reconciliation-'));
const { deployment } = readConfigurationFile('config/daypass.yaml').configuration;
const logs: string[] = [];
let local: Local;
let token: string;

beforeAll(async () => {
  // An address that the example's profiles admit.
  local = await startLocal({ dataDirectory, sourceIp: '203.0.113.7', log: (line) => logs.push(line) });
  const { broker, identityProvider } = local;
  token = await fetchDemoToken({ caller: 'sre', broker, identityProvider });
}, 30_000);

afterAll(async () => {
  await local.close();
  rmSync(dataDirectory, { recursive: true });
});

// biome-ignore lint/suspicious/noExplicitAny: answers of several shapes.
type Body = any;

async function ask(path: string, method = 'GET', bearer = token): Promise<{ status: number; body: Body }> {
  const answer = await fetch(`${local.broker}${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}` },
  });
  return { status: answer.status, body: await answer.json() };
}

async function issue(): Promise<{ readonly id: string; readonly sessionToken: string }> {
  const { status, body } = await ask('/v1/profiles/prod-readonly/credentials', 'POST');
  expect(status).toBe(200);
  return { id: body.IssuanceId, sessionToken: body.Credentials.SessionToken };
}

/** Looks until it is there, for as long as a test may take. */
async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(100);
  }
}

const finding = (isIt: (found: Body) => boolean): Promise<Body> =>
  until(async () => (await ask('/v1/findings?limit=100')).body.findings.find(isIt));

/** A client of the embedded AWS. */
const toClient = (credentials: object) => ({
  endpoint: local.aws,
  region: deployment.region,
  credentials: { ...credentials } as { accessKeyId: string; secretAccessKey: string },
});

describe('npm start', () => {
  it('matches an issuance with CloudTrail within seconds, and nothing is found', async () => {
    const { id } = await issue();

    const row = await until(async () => {
      const { body } = await ask(`/v1/issuances/${id}`);
      return body.match === undefined ? undefined : body;
    });

    expect(row).toMatchObject({
      state: 'ISSUED',
      match: 'MATCHED',
      cloudTrailEvents: [{ call: 0, eventName: 'AssumeRole', accountId: '111111111111' }],
    });
    expect(row.cloudTrailEvents[0].accessKeyId).toBe(row.accessKeyId);
    expect((await ask('/v1/findings')).body.findings).toEqual([]);
  }, 30_000);

  it("finds and names a session that was made with the issuer's own role behind its back", async () => {
    const session = {
      ...{ type: 'role' as const, roleArn: toRoleArn(deployment, 'issuer') },
      sessionName: toRoleName(deployment, 'issuer'),
      ...{ tags: {}, transitiveTagKeys: [], policyArns: [] },
    };
    const options = { key: openDataKey(dataDirectory), nowMs: Date.now(), durationSeconds: 900 };
    const client = new STSClient(toClient(mintCredentials(session, options)));
    const roleArn = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
    const { Credentials } = await client.send(
      new AssumeRoleCommand({
        ...{ RoleArn: roleArn, RoleSessionName: 'nobody' },
        ...{ SourceIdentity: 'okta.alice@example.com' },
      }),
    );
    client.destroy();

    const found = await finding(({ event }) => event?.accessKeyId === Credentials?.AccessKeyId);

    expect(found).toMatchObject({
      ...{ kind: 'unaudited-issuance', severity: 'critical', state: 'OPEN' },
      event: { roleArn, accountId: '111111111111', region: deployment.region },
    });
    expect((await ask(`/v1/findings/${found.id}`)).body).toEqual(found);
    expect(logs.some((line) => line.includes('"message":"finding"') && line.includes(found.id))).toBe(true);
  }, 30_000);

  it('finds and names a row that was edited by hand', async () => {
    const operator = [...readWorld('local/world.yaml').users.values()].find(({ arn }) =>
      arn.endsWith(':user/operator'),
    );
    const client = new DynamoDBClient(toClient(operator ?? {}));
    const { id } = await issue();
    await client.send(
      new UpdateItemCommand({
        TableName: 'daypass-issuances',
        Key: { id: { S: id } },
        UpdateExpression: 'SET principal.subject = :other',
        ExpressionAttributeValues: { ':other': { S: 'somebody.else@example.com' } },
      }),
    );
    client.destroy();

    const found = await finding(({ kind, issuanceId }) => kind === 'edited-row' && issuanceId === id);

    expect(found).toMatchObject({ severity: 'critical', state: 'OPEN' });
    // By that alone: none of all that the functions wrote rings so.
    const rewritten = await until(async () => {
      const lines = logs.filter((line) => line.includes('"message":"row changed"'));
      return lines.length === 0 ? undefined : lines;
    });
    expect(rewritten).toHaveLength(1);
    expect(rewritten[0]).toContain(`"key":"${id}","field":"principal"`);
  }, 30_000);

  it('shows findings to whom the audit section trusts, and to others none', async () => {
    const { broker, identityProvider } = local;
    const developer = await fetchDemoToken({ caller: 'developer', broker, identityProvider });
    const { findings } = (await ask('/v1/findings')).body;

    const answers = [
      await ask('/v1/findings', 'GET', developer),
      await ask(`/v1/findings/${findings[0].id}`, 'GET', developer),
      await ask('/v1/findings/none'),
      await ask('/v1/findings?kind=unaudited-issuance&limit=1'),
      await ask('/v1/findings?kind=nothing'),
    ];

    expect(answers.map(({ status, body }) => body.code ?? status)).toEqual([
      'finding-not-found',
      'finding-not-found',
      'finding-not-found',
      200,
      'invalid-request',
    ]);
    expect(answers[3]?.body.findings).toHaveLength(1);
  });

  it('leaves a session token nowhere but in the answer', async () => {
    const { id, sessionToken } = await issue();
    await until(async () => (await ask(`/v1/issuances/${id}`)).body.match);

    const everything = [
      ...logs,
      ...readdirSync(dataDirectory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
    ].join('\n');

    expect(everything).toContain(id);
    expect(everything).not.toContain(sessionToken);
  }, 30_000);
});
