import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requireDeployed, toFunctionName } from '../../lambda/core/function-roles.ts';
import { toVerifyTask } from '../../lambda/core/integrations/verify-task.ts';
import { toBrokerRoles } from '../../local/broker-roles.ts';
import { createTables } from '../../local/create-tables.ts';
import { type FunctionRunner, startFunction } from '../../local/functions/function-runner.ts';
import { toFunctionEnvironment } from '../../local/functions/to-function-environment.ts';
import { withRoles } from '../../local/world.ts';
import {
  admin,
  aWorld,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../local/aws/an-embedded-aws.ts';
import { aConfiguration, aConfigurationDocument } from '../support/a-configuration.ts';
import { aPrincipal } from '../support/a-principal.ts';
import { anEvent, authorizedAs, own } from '../support/an-event.ts';
import { anIntegrationsSection } from '../support/managing-integrations.ts';
import { reconciliationTables, reconciliationVariables } from '../support/reconciliation-tables.ts';
import { anAuthority } from '../support/verifying.ts';

const sections = { integrations: anIntegrationsSection() };
const configuration = aConfiguration(sections);
const { deployment } = configuration;
const tableNames = {
  ...{ ...reconciliationTables, controls: 'controls', quotas: 'quotas' },
  ...{ issuances: 'issuances', proofs: 'proofs', integrations: 'integrations' },
};
const roles = toBrokerRoles(configuration, tableNames);
const issuerName = toFunctionName(deployment, 'integration-issuer');
const issuerArn = `arn:aws:lambda:eu-west-1:111111111111:function:${issuerName}`;

let directory: string;
let aws: TestAws;
let issuer: FunctionRunner;
let managing: TestCredentials;

/** The function that issues for third parties, behind Lambda, with the permissions that the stack gives to each role. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-forged-'));
  const configurationFile = join(directory, 'configuration.json');
  writeFileSync(configurationFile, JSON.stringify(aConfigurationDocument(sections)));
  aws = await startTestAws(withRoles(aWorld(), roles.worldRoles), {
    invokeByName: async (name, event, qualifier) =>
      name === issuerName ? { result: await issuer.invoke(event, qualifier) } : undefined,
  });
  const { region } = deployment;
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const roleArn = requireDeployed(roles.functionRoleArns, 'integration-issuer');
  issuer = await startFunction({
    name: 'integration-issuer',
    module: new URL('../../lambda/functions/integration-issuer.ts', import.meta.url),
    environment: toFunctionEnvironment({
      ...{ name: 'integration-issuer', configuration, configurationFile, openApiFile: '' },
      ...{ apiId: own.apiId, apiPolicyId: 'a-policy', url: 'http://127.0.0.1:1' },
      ...{ issuanceTable: tableNames.issuances, proofTable: tableNames.proofs },
      ...reconciliationVariables,
      ...{ controlTable: tableNames.controls, quotaTable: tableNames.quotas },
      ...{ integrationTable: tableNames.integrations, federationUrl: `${aws.url}/federation` },
      ...{ tokenKeyArn: '', webIdentityKeyArns: [], awsUrl: aws.url },
      credentials: aws.serviceCredentials(roleArn),
    }),
    log: () => {},
  });
  managing = await credentialsOf(requireDeployed(roles.functionRoleArns, 'integrations'));
}, 30_000);

afterAll(async () => {
  await issuer.close();
  await aws.stop();
  rmSync(directory, { recursive: true });
});

async function credentialsOf(roleArn: string): Promise<TestCredentials> {
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const found = (await answer.json()) as Record<'AccessKeyId' | 'SecretAccessKey' | 'Token', string>;
  return {
    ...{ accessKeyId: found.AccessKeyId, secretAccessKey: found.SecretAccessKey },
    sessionToken: found.Token,
  };
}

/** As one line: what the function answered, or how it or Lambda refused. */
async function invoke(credentials: TestCredentials, event: object, target: object): Promise<string> {
  const client = new LambdaClient({
    ...{ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1 },
    credentials: { ...credentials },
  });
  try {
    const { Payload = new Uint8Array() } = await client.send(
      new InvokeCommand({ FunctionName: issuerName, Payload: JSON.stringify(event), ...target }),
    );
    return Buffer.from(Payload).toString('utf8');
  } catch (error) {
    return (error as Error).name;
  } finally {
    client.destroy();
  }
}

/** As API Gateway would hand it over for somebody whom its author never proved to be. */
const forged = () =>
  anEvent('issueIntegrationCredentials', {
    pathParameters: { id: 'globex' },
    authorizer: authorizedAs(aPrincipal({ expiresAt: Math.floor(Date.now() / 1000) + 300 })),
  });
const task = toVerifyTask('globex', anAuthority);

const unqualified = [{}, { FunctionName: issuerArn }, { Qualifier: '$LATEST' }, { Qualifier: '1' }];
const byAlias = [
  { Qualifier: 'verify' },
  { FunctionName: `${issuerName}:verify` },
  { FunctionName: `${issuerArn}:verify` },
];

describe('an event that the managing function writes by hand', () => {
  it.each(unqualified)('is refused by IAM without the alias: %j', async (target) => {
    expect(await invoke(managing, forged(), target)).toBe('AccessDeniedException');
    expect(await invoke(managing, task, target)).toBe('AccessDeniedException');
  });

  it.each(byAlias)('is refused by the function where it is one of API Gateway’s: %j', async (target) => {
    const { errorType } = JSON.parse(await invoke(managing, forged(), target));

    expect(errorType).toBe('ForeignEventError');
  });

  it('is refused where a task is hidden in it, or it in a task', async () => {
    for (const event of [
      { ...forged(), ...task },
      { ...task, ...forged() },
    ]) {
      expect(JSON.parse(await invoke(managing, event, { Qualifier: 'verify' })).errorType).toBe(
        'ForeignEventError',
      );
    }
  });

  it.each(byAlias)('is taken where it asks for a verification: %j', async (target) => {
    expect(JSON.parse(await invoke(managing, task, target))).toMatchObject({
      error: { code: 'integration-not-found' },
    });
  });
});

describe('an event for the function without its alias', () => {
  // By somebody whom IAM lets: here the function alone decides.
  it('is read as one of API Gateway’s', async () => {
    const { statusCode, body } = JSON.parse(await invoke(admin, forged(), {}));

    expect(JSON.parse(body).code).not.toBe('foreign-event');
    expect(statusCode).toBeGreaterThanOrEqual(400);
  });

  it('is refused where it is a verify task', async () => {
    const { statusCode, body } = JSON.parse(await invoke(admin, task, {}));

    expect([statusCode, JSON.parse(body).code]).toEqual([403, 'foreign-event']);
  });
});
