import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { APIGatewayProxyResult } from 'aws-lambda';
import type { Verification } from '../../lambda/core/integrations/integration.ts';
import type { Principal } from '../../lambda/core/principal.ts';
import { environment } from '../../lambda/functions/environment.ts';
import type { Operation } from '../../lambda/http/routes.ts';
import { toBrokerRoles } from '../../local/broker-roles.ts';
import { createTables } from '../../local/create-tables.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws } from '../local/aws/an-embedded-aws.ts';
import { aConfiguration, aConfigurationDocument } from './a-configuration.ts';
import { aPrincipal } from './a-principal.ts';
import { aContext, anEvent, authorizedAs, type EventParts, own } from './an-event.ts';
import { aKeyedIssuer, anIntegrationsSection } from './managing-integrations.ts';
import { reconciliationTables } from './reconciliation-tables.ts';

export const tableNames = {
  ...{ issuances: 'daypass-issuances', proofs: 'daypass-proofs' },
  integrations: 'daypass-integrations',
  ...{ controls: 'daypass-controls', quotas: 'daypass-quotas' },
  ...reconciliationTables,
};

const sections = {
  issuers: {
    okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
    // As many as the tests make integrations of.
    ...Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`partner-${index}`, aKeyedIssuer])),
  },
  integrations: anIntegrationsSection(),
};

/** What the verifying function is asked, and what it answers. */
export interface VerifyingFunction {
  readonly asked: unknown[];
  /** The invocation's answer: its payload, or an error of the function. */
  answer: (event: { readonly integration: string }) => unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: a body's members are what the tests assert
  readonly body: any;
  readonly etag: string;
}

const soon = () => Math.floor(Date.now() / 1000) + 600;

export const aManager = (subject = 'mallory.manager'): Principal =>
  aPrincipal({ subject, claims: {}, expiresAt: soon() });

export const aThirdParty = (
  name: string,
  changes: Pick<Principal, 'proofId'> & Partial<NonNullable<Principal['integration']>> = {},
): Principal => {
  const { proofId, keyThumbprint = 'of no key', ...integration } = changes;
  return aPrincipal({
    ...{ issuer: name, subject: name, claims: {}, mfa: false, expiresAt: soon() },
    integration: { keyThumbprint, ...integration },
    ...(proofId === undefined ? {} : { proofId }),
  });
};

/** The whole function with the permissions that it is deployed with, on the embedded AWS; the verifying one is played. */
export async function startIntegrationsFunction() {
  const configuration = aConfiguration(sections);
  const roles = toBrokerRoles(configuration, tableNames);
  const aws = await startTestAws(withRoles(aWorld(), roles.worldRoles));
  const { region } = configuration.deployment;
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const verifying: VerifyingFunction = { asked: [], answer: () => ({}) };
  const lambda = await startLambda(verifying);
  const directory = mkdtempSync(join(tmpdir(), 'daypass-integrations-'));
  const file = join(directory, 'configuration.json');
  writeFileSync(file, JSON.stringify(aConfigurationDocument(sections)));
  const roleArn = roles.functionRoleArns.integrations;
  if (roleArn === undefined) throw new TypeError('the function is not deployed');
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const variables: Readonly<Record<string, string>> = {
    AWS_REGION: region,
    AWS_ENDPOINT_URL: aws.url,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
    [environment.apiId]: own.apiId,
    [environment.stage]: own.stage,
    [environment.apiPolicyId]: 'a-policy',
    [environment.configurationFile]: file,
    [environment.issuanceTable]: tableNames.issuances,
    [environment.proofTable]: tableNames.proofs,
    [environment.integrationTable]: tableNames.integrations,
    [environment.controlTable]: tableNames.controls,
    [environment.quotaTable]: tableNames.quotas,
  };
  Object.assign(process.env, variables);
  jest.resetModules();
  const { handler } = await import('../../lambda/functions/integrations.ts');

  const call = async (operation: Operation, principal: Principal, parts: Call = {}): Promise<Answer> => {
    const { name, body, ifMatch, ...rest } = parts;
    const event = anEvent(operation, {
      authorizer: authorizedAs(principal),
      ...(name === undefined ? {} : { pathParameters: { id: name } }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(ifMatch === undefined ? {} : { headers: { 'If-Match': [ifMatch].flat() } }),
      ...rest,
    });
    const answer = (await handler(event, aContext)) as APIGatewayProxyResult;
    const { statusCode, headers = {} } = answer;
    const isJson = /json/.test(String(headers['Content-Type']));
    return {
      ...{ status: statusCode, headers },
      body: isJson ? JSON.parse(answer.body) : answer.body,
      etag: String(headers['ETag']),
    };
  };

  return {
    ...{ aws, verifying, handler, call },
    stop: async () => {
      for (const name of Object.keys(variables)) delete process.env[name];
      lambda.close();
      await aws.stop();
      rmSync(directory, { recursive: true });
    },
  };
}

export type IntegrationsFunction = Awaited<ReturnType<typeof startIntegrationsFunction>>;

type Call = Omit<EventParts, 'body' | 'headers'> & {
  readonly name?: string;
  readonly body?: unknown;
  readonly ifMatch?: string | readonly string[];
};

/** Lambda's API, as far as an invocation goes. Source: Lambda API reference, Invoke. */
async function startLambda(verifying: VerifyingFunction): Promise<Server> {
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const event = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    verifying.asked.push({ path: request.url, event });
    const answer = await verifying.answer(event);
    if (answer === undefined) {
      response.writeHead(200, { 'x-amz-function-error': 'Unhandled' }).end('{"errorMessage":"boom"}');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

export const answering = (verification: Omit<Verification, 'at'>) => () => ({
  verification: { at: new Date().toISOString(), ...verification },
});
