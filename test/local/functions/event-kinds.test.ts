import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readConfigurationFile } from '../../../lib/config.ts';
import { type FunctionRunner, startFunction } from '../../../local/functions/function-runner.ts';
import { toFunctionEnvironment } from '../../../local/functions/to-function-environment.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { anEvent, anIamEvent, anIdentity, authorizedAs, own } from '../../support/an-event.ts';
import { reconciliationVariables } from '../../support/reconciliation-tables.ts';

let issuer: FunctionRunner;
let directory: string;

/** The function as `npm start` runs it; nothing of this asks AWS. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-events-'));
  const { document, configuration } = readConfigurationFile('config/daypass.yaml');
  const configurationFile = join(directory, 'configuration.json');
  writeFileSync(configurationFile, JSON.stringify(document));
  issuer = await startFunction({
    name: 'issuer',
    module: new URL('../../../lambda/functions/issuer.ts', import.meta.url),
    environment: toFunctionEnvironment({
      name: 'issuer',
      configuration: { ...configuration, deployment: { ...configuration.deployment, stage: own.stage } },
      apiId: own.apiId,
      configurationFile,
      openApiFile: '',
      issuanceTable: 'daypass-issuances',
      proofTable: 'daypass-proofs',
      ...reconciliationVariables,
      controlTable: 'daypass-controls',
      quotaTable: 'daypass-quotas',
      apiPolicyId: '0123456789abcdef0123456789abcdef',
      url: 'http://127.0.0.1:1',
      federationUrl: 'http://127.0.0.1:1/federation',
      tokenKeyArn: '',
      webIdentityKeyArns: ['arn:aws:kms:eu-west-1:111111111111:key/1'],
      federatorSecretArn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:federator-abc123',
      awsUrl: 'http://127.0.0.1:1',
      credentials: { uri: 'http://127.0.0.1:1', authorizationToken: 'x' },
    }),
    log: () => {},
  });
});

afterAll(async () => {
  await issuer.close();
  rmSync(directory, { recursive: true, force: true });
});

async function invoke(event: APIGatewayProxyEvent) {
  const { statusCode, body } = (await issuer.invoke(event)) as {
    readonly statusCode: number;
    readonly body: string;
  };
  return { status: statusCode, json: JSON.parse(body) as Readonly<Record<string, unknown>> };
}

const fresh = () => authorizedAs(aPrincipal({ expiresAt: Math.floor(Date.now() / 1000) + 300 }));
const role = 'arn:aws:iam::222222222222:role/Deploy';

describe('the function behind both paths', () => {
  it('reads the authorizer alone under /v1, whoever is in identity', async () => {
    const event = anEvent('whoami', { authorizer: fresh(), requestContext: { identity: anIdentity() } });

    expect(await invoke(event)).toMatchObject({ status: 200, json: { subject: aPrincipal().subject } });
  });

  it('makes nobody of identity under /v1 when there is no authorizer', async () => {
    const event = anEvent('whoami', { authorizer: undefined, requestContext: { identity: anIdentity() } });

    expect((await invoke(event)).status).toBe(500);
  });

  it('reads identity alone under /iam/v1, whatever the authorizer is said to have proven', async () => {
    const event = anIamEvent('whoami', { authorizer: fresh() });

    expect(await invoke(event)).toMatchObject({ status: 200, json: { issuer: 'aws', subject: role } });
  });

  it('makes nobody of an authorizer under /iam/v1 when identity is empty', async () => {
    const nobody = anIdentity({ userArn: null, caller: null, accountId: null });
    const event = anIamEvent('whoami', { authorizer: fresh(), requestContext: { identity: nobody } });

    expect(await invoke(event)).toMatchObject({ status: 401, json: { code: expect.any(String) } });
  });

  it.each([
    ['a resource under /iam with a path of /v1', { resourcePath: '/v1/whoami' }],
    ['another API', { apiId: 'another' }],
    ['another stage', { stage: 'test' }],
    ['another method', { httpMethod: 'POST' }],
    ['no extended request id', { extendedRequestId: undefined }],
  ])('refuses an event of %s', async (_name, requestContext) => {
    expect(await invoke(anIamEvent('whoami', { requestContext }))).toMatchObject({
      status: 403,
      json: { code: 'foreign-event' },
    });
  });

  it('refuses the root user, whom the embedded AWS does not play', async () => {
    const userArn = 'arn:aws:iam::222222222222:root';
    const identity = anIdentity({ userArn, caller: '222222222222', user: '222222222222' });

    expect((await invoke(anIamEvent('whoami', { requestContext: { identity } }))).status).toBe(401);
  });
});
