import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startEmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import { createFaults } from '../../../local/faults.ts';
import {
  admin,
  aWorld,
  createTable,
  home,
  outcome,
  policy,
  startTestAws,
  type TestCredentials,
} from './an-embedded-aws.ts';

const role = `arn:aws:iam::${home}:role/Target`;
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root`, Service: 'lambda.amazonaws.com' },
  Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
});
const world = () => aWorld({ [home]: { roles: { Target: { trust } } } });

let dataDirectory: string;
beforeEach(() => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-aws-'));
});
afterEach(() => rmSync(dataDirectory, { recursive: true, force: true }));

const createThings = new CreateTableCommand({
  TableName: 'things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
});
const put = (id: string) => new PutItemCommand({ TableName: 'things', Item: { id: { S: id } } });
const get = (id: string) => new GetItemCommand({ TableName: 'things', Key: { id: { S: id } } });

describe('a restart', () => {
  it('leaves credentials, tables and expiries as they were', async () => {
    let aws = await startTestAws(world(), { dataDirectory });
    const whoami = (credentials: TestCredentials) =>
      outcome(aws.sts(credentials).send(new GetCallerIdentityCommand({})));
    const kept = await aws.assume({ RoleArn: role, RoleSessionName: 'kept' });
    const expired = await aws.assume({ RoleArn: role, RoleSessionName: 'expired' });
    await fetch(`${aws.url}/_local/credentials/${expired.accessKeyId}/expire`, { method: 'POST' });
    await createTable(aws.dynamodb(), createThings);
    await aws.dynamodb().send(put('1'));
    aws = await aws.restart();
    const { Item } = await aws.dynamodb().send(get('1'));
    const results = [await whoami(kept), await whoami(expired)];
    await aws.stop();

    expect(Item).toEqual({ id: { S: '1' } });
    expect(results[0]).toBe('granted');
    expect(results[1]).toMatch(/^ExpiredToken/);
  });

  it('does not make credentials of one data directory good in another', async () => {
    const one = await startTestAws(world(), { dataDirectory });
    const other = await startTestAws(world());
    const credentials = await one.assume({ RoleArn: role, RoleSessionName: 'session' });
    const result = await outcome(other.sts(credentials).send(new GetCallerIdentityCommand({})));
    await Promise.all([one.stop(), other.stop()]);

    expect(result).toMatch(/^InvalidClientTokenId/);
  });

  it('reads a trail whose last line was cut by a kill', async () => {
    let aws = await startTestAws(world(), { dataDirectory });
    await aws.assume({ RoleArn: role, RoleSessionName: 'session' });
    writeFileSync(join(dataDirectory, 'cloudtrail.jsonl'), '{"eventID":', { flag: 'a' });
    aws = await aws.restart();
    await aws.assume({ RoleArn: role, RoleSessionName: 'session' });
    aws = await aws.restart();
    const names = (await aws.records()).map(({ eventName }) => eventName);
    await aws.stop();

    expect(names).toEqual(['AssumeRole', 'AssumeRole']);
  });
});

describe('the data directory', () => {
  it('holds none of the secrets and session tokens that were given out', async () => {
    const aws = await startTestAws(world(), { dataDirectory });
    const chain = await aws.assume({
      RoleArn: role,
      RoleSessionName: 'first',
      SourceIdentity: 'alice',
      Tags: [{ Key: 'Team', Value: 'web' }],
    });
    const others = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        aws.assume({ RoleArn: role, RoleSessionName: `session-${index}` }),
      ),
    );
    const { uri, authorizationToken } = aws.serviceCredentials(role);
    const served = (await (await fetch(uri, { headers: { authorization: authorizationToken } })).json()) as {
      readonly SecretAccessKey: string;
      readonly Token: string;
    };
    await createTable(aws.dynamodb(), createThings);
    await aws.dynamodb().send(put('a-row-that-is-there'));
    const restarted = await aws.restart();
    const files = contentsOf(dataDirectory);
    await restarted.stop();
    const secrets = [
      ...[chain, ...others].flatMap(({ secretAccessKey, sessionToken }) => [secretAccessKey, sessionToken]),
      ...[served.SecretAccessKey, served.Token, authorizationToken, admin.secretAccessKey],
    ];

    expect(secrets.filter((secret) => files.includes(secret))).toEqual([]);
    expect(secrets.filter((secret) => files.includes(secret.slice(0, 24)))).toEqual([]);
    // The search does find what is there.
    expect(files).toContain(chain.accessKeyId);
    expect(files).toContain('a-row-that-is-there');
  });

  it('is for its owner alone', async () => {
    const inner = join(dataDirectory, 'new', 'directory');
    const aws = await startEmbeddedAws({
      world: world(),
      port: 0,
      dataDirectory: inner,
      faults: createFaults(),
    });
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    const modes = [modeOf(inner), modeOf(join(inner, 'key')), modeOf(join(inner, 'cloudtrail.jsonl'))];
    await aws.close();

    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  it('is refused to a second process, in one line, and is free when the first was killed', async () => {
    const first = await startInProcess(dataDirectory);
    const client = new DynamoDBClient({
      endpoint: first.url,
      region: 'eu-west-1',
      credentials: { ...admin },
      maxAttempts: 1,
    });
    let refused: string;
    try {
      await createTable(client, createThings);
      await client.send(put('1'));
      refused = await outcome(startTestAws(world(), { dataDirectory }));
    } finally {
      client.destroy();
      first.child.kill('SIGKILL');
      await once(first.child, 'exit');
    }
    const aws = await startTestAws(world(), { dataDirectory });
    const { Item } = await aws.dynamodb().send(get('1'));
    await aws.stop();

    expect(refused).toBe(
      `Error: ${dataDirectory} is in use by another process: stop it or name another directory`,
    );
    expect(Item).toEqual({ id: { S: '1' } });
  });

  it('is refused with a key that is none, rather than given another', async () => {
    writeFileSync(join(dataDirectory, 'key'), 'short');

    await expect(startTestAws(world(), { dataDirectory })).rejects.toThrow('must hold 64 hexadecimal digits');
  });
});

describe('a port in use', () => {
  it('rejects with the code of node, and leaves the data directory free', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const { port } = blocker.address() as AddressInfo;
    const start = () => startEmbeddedAws({ world: world(), port, dataDirectory, faults: createFaults() });

    await expect(start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await expect(start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    blocker.close();
  });
});

/** Another process with the same directory. */
async function startInProcess(
  directory: string,
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const local = new URL('../../../local/', import.meta.url).href;
  const program = `
    const { startEmbeddedAws } = await import('${local}aws/embedded-aws.ts');
    const { createFaults } = await import('${local}faults.ts');
    const { parseWorld } = await import('${local}world.ts');
    const administers = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
    const users = { admin: { ...${JSON.stringify(admin)}, policies: [administers] } };
    const world = parseWorld(JSON.stringify({ region: 'eu-west-1', accounts: { '${home}': { name: 'home', users } } }), 'w');
    const options = { world, port: 0, dataDirectory: ${JSON.stringify(directory)}, faults: createFaults() };
    console.log((await startEmbeddedAws(options)).url);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  const [output] = (await once(child.stdout ?? child, 'data')) as [Buffer];
  return { child, url: output.toString('utf8').trim() };
}

function contentsOf(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
