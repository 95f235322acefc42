import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import {
  GetSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { stringify } from 'yaml';
import { startKeySchedule, toLocalFederator } from '../../local/federator.ts';
import { type Local, startLocal } from '../../local/start-local.ts';
import { aConfiguration } from '../support/a-configuration.ts';
import {
  aFederatedConfiguration,
  aFederatedDocument,
  aFederatedProfile,
  aSessionPolicy,
} from '../support/federated-profiles.ts';

const secretName = 'daypass-prod-federator';
const userName = 'daypass-prod-eu-west-1-federator';

describe('toLocalFederator', () => {
  it('is none where no profile needs one', () => {
    expect(toLocalFederator(aConfiguration())).toBeUndefined();
  });

  it('has the user and the secret of the deployment, by names that are known before', () => {
    const federator = toLocalFederator(aFederatedConfiguration());

    expect(federator).toEqual(toLocalFederator(aFederatedConfiguration()));
    expect(federator?.user.arn).toBe(`arn:aws:iam::111111111111:user/daypass/${userName}`);
    expect(federator?.secret.arn).toMatch(
      /^arn:aws:secretsmanager:eu-west-1:111111111111:secret:daypass-prod-federator-[A-Za-z0-9]{6}$/,
    );
    expect(federator?.secret.value).not.toMatch(/AKIA/);
  });
});

describe('startKeySchedule', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('has the previous key put out of use at once and every hour, until it is ended', async () => {
    jest.useFakeTimers();
    const events: unknown[] = [];
    const lines: string[] = [];
    const end = startKeySchedule(
      async (event) => {
        events.push(event);
        if (events.length === 1) throw new Error('not now');
      },
      (line) => lines.push(line),
    );

    await jest.advanceTimersByTimeAsync(3_599_999);
    expect(events).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(3_600_001);
    expect(events).toEqual(Array(3).fill({ task: 'deactivate-previous-key' }));
    expect(lines).toEqual([expect.stringContaining('not now')]);
    await end();
    await jest.advanceTimersByTimeAsync(7_200_000);

    expect(events).toHaveLength(3);
  });
});

describe('npm start with a session policy that cannot be widened', () => {
  it('ends with the line that the synthesis ends with', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'daypass-federator-'));
    const configurationFile = join(directory, 'daypass.yaml');
    const statement = { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' };
    const document = aFederatedDocument({ reports: aFederatedProfile(aSessionPolicy(statement)) });
    writeFileSync(configurationFile, stringify(document));

    const starting = startLocal({ dataDirectory: join(directory, 'data'), configurationFile });

    await expect(starting).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringMatching(
        /daypass\.yaml:\d+ profiles\.reports\.sessionPolicy\.Statement\[0\]\.NotAction: /,
      ),
    });
    rmSync(directory, { recursive: true });
  });
});

describe('npm start', () => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-federator-'));
  const lines: string[] = [];
  let local: Local;

  const start = async () => {
    local = await startLocal({ dataDirectory, log: (line) => lines.push(line) });
  };
  beforeAll(start);
  afterAll(async () => {
    await local.close();
    rmSync(dataDirectory, { recursive: true });
  });

  const operator = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  };
  const shared = () => ({
    endpoint: local.aws,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { ...operator },
  });
  const keys = async () => {
    const iam = new IAMClient({ ...shared(), region: 'us-east-1' });
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: userName }));
    return AccessKeyMetadata.map(({ AccessKeyId, Status }) => `${AccessKeyId} ${Status}`);
  };

  async function issue() {
    const tokens = await fetch(`${local.identityProvider}/okta/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('sre:demo-secret').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await tokens.json()) as { readonly access_token: string };
    const answer = await fetch(`${local.broker}/v1/profiles/federated-reports/credentials`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    return {
      status: answer.status,
      body: (await answer.json()) as { readonly Credentials: Readonly<Record<string, string>> },
    };
  }

  it("has a key that the rotation function made, which is in nobody's sight", async () => {
    expect(await keys()).toEqual([expect.stringMatching(/^AKIA\w{16} Active$/)]);

    const read = new SecretsManagerClient(shared()).send(new GetSecretValueCommand({ SecretId: secretName }));

    await expect(read).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(lines.filter((line) => /testSecret.*tested/.test(line))).toHaveLength(1);
  });

  it("issues sessions that may what the profile's policy allows their caller, and no more", async () => {
    const { status, body } = await issue();
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = body.Credentials;
    const credentials = {
      ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
    };
    const describeTable = (TableName: string) =>
      new DynamoDBClient({ ...shared(), credentials }).send(new DescribeTableCommand({ TableName })).then(
        () => 'found',
        (error: unknown) => (error as Error).name,
      );

    expect(status).toBe(200);
    expect(await describeTable('reports-payments')).toBe('ResourceNotFoundException');
    // Which the federator's user allows to sessions, as other callers have it.
    expect(await describeTable('reports-web')).toBe('AccessDeniedException');
    expect(await describeTable('daypass-issuances')).toBe('AccessDeniedException');
  });

  it('keeps its key over a restart', async () => {
    const before = await keys();
    await local.close();
    await start();

    expect(await keys()).toEqual(before);
    expect((await issue()).status).toBe(200);
  });

  it('replaces it when RotateSecret is called, and refuses nobody meanwhile', async () => {
    const [before] = await keys();
    await new SecretsManagerClient(shared()).send(new RotateSecretCommand({ SecretId: secretName }));

    const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await issue()).status));
    while (lines.filter((line) => /finishSecret.*made-current/.test(line)).length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }

    expect(statuses).toEqual([200, 200, 200, 200, 200]);
    expect((await issue()).status).toBe(200);
    const after = await keys();
    expect(after).toHaveLength(2);
    expect(after[0]).toBe(before);
  });

  it('writes no secret access key, neither into a log nor as it is onto the disk', async () => {
    const { body } = await issue();
    const files = readdirSync(dataDirectory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));

    expect(lines.join('\n')).not.toContain(body.Credentials['SecretAccessKey']);
    expect([...files, ...lines].filter((text) => /"secretAccessKey"/.test(text))).toEqual([]);
  });
});
