import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { environment } from '../../../lambda/functions/environment.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

let server: LoopbackServer;
let directory: string;
const before = { ...process.env };

beforeAll(async () => {
  server = await startLoopbackServer();
  directory = mkdtempSync(join(tmpdir(), 'daypass-revoker-'));
  const file = join(directory, 'configuration.json');
  writeFileSync(file, JSON.stringify(aConfigurationDocument()));
  Object.assign(process.env, {
    ...{ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: server.url },
    ...{ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x' },
    [environment.stage]: 'prod',
    [environment.configurationFile]: file,
  });
});
afterAll(async () => {
  process.env = before;
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
  await server.close();
});

describe('a policy of which IAM loses the answer', () => {
  it('is tried once: a refusal of a second try would read as if the first had done nothing', async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    const { handler } = await import('../../../lambda/functions/revoker.ts');
    let answers = 0;
    server.respond((response) => {
      answers += 1;
      if (answers === 1) {
        response.statusCode = 500;
        response.end();
        return;
      }
      response.statusCode = 403;
      response.end('<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
    });

    const answer = await handler({
      ...{ task: 'apply', policyName: 'daypass-revoked-01KDVDPJ0000000000000000A0' },
      roleArn: 'arn:aws:iam::111111111111:role/daypass/ReadOnly',
      ends: [{ userIds: ['*:alice'] }],
    });

    expect(answer).toMatchObject({ state: 'FAILED', isCertain: false });
    expect(server.requests).toHaveLength(1);
  });
});
