import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appliesRevocations, type Configuration, usesIntegrations } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { cleanUpEvent, cleanUpEveryMinutes } from '../lambda/core/controls/clean-up-event.ts';
import {
  deployedFunctions,
  type FunctionName,
  requireDeployed,
  toFunctionName,
  verifyAlias,
} from '../lambda/core/function-roles.ts';
import { runEveryMinutes, verifyIntegrationsEvent } from '../lambda/core/integrations/schedule-event.ts';
import { apiPolicyVariable } from '../lambda/http/api-policy-variable.ts';
import { toDeployedRoutes } from '../lambda/http/deployed-routes.ts';
import type { Route } from '../lambda/http/routes.ts';
import { isWitness } from '../lib/access-log-filter.ts';
import { createApiPolicy, type ToResource, toApiPolicyId } from '../lib/api-policy.ts';
import { createOpenApi } from '../lib/openapi.ts';
import { toTokenKeyPolicy, toWebIdentityKeyPolicy } from '../lib/token-key-policy.ts';
import { readVersion } from '../lib/version.ts';
import { type EmbeddedAws, startEmbeddedAws } from './aws/embedded-aws.ts';
import { federationPath } from './aws/federation/federation.ts';
import { toTokenKeyArn } from './aws/kms/token-key.ts';
import type { InvokeByName } from './aws/lambda/lambda.ts';
import { toBrokerRoles, toWebIdentityKeyArns } from './broker-roles.ts';
import { compileLocalConfiguration } from './compile-local-configuration.ts';
import { type Credentials, createTables, type TableNames } from './create-tables.ts';
import { createFaults } from './faults.ts';
import { startKeySchedule, toLocalFederator } from './federator.ts';
import { awaitFunctions } from './functions/await-functions.ts';
import { type Functions, startFunctions } from './functions/start-functions.ts';
import { startGateway } from './gateway/gateway.ts';
import { type GatewayApi, toMethodArn } from './gateway/to-proxy-event.ts';
import { type IdentityProvider, startIdentityProvider } from './identity-provider/identity-provider.ts';
import { publishChanges } from './publish-changes.ts';
import { type LocalFiles, readLocalFiles } from './read-local-files.ts';
import { onPort, StartError } from './start-error.ts';
import { startSchedule } from './start-schedule.ts';
import { systemErrorCode } from './system-error-code.ts';
import { toTrailBucketName } from './trail-bucket.ts';
import { startTrailFeed, type TrailFeed } from './trail-feed.ts';
import { withRoles, withUsers } from './world.ts';
import { withBrokerAsProvider, withPlayedIssuers } from './world-with-providers.ts';

export interface LocalOptions {
  /** Port of the gateway. @default 0, a free one; so for the other two */
  readonly port?: number;
  readonly awsPort?: number;
  readonly idpPort?: number;
  /** Where keys, the compiled configuration and the embedded DynamoDB are kept: one local run at a time. */
  readonly dataDirectory: string;
  /** @default config/daypass.yaml of this repository */
  readonly configurationFile?: string;
  /** @default local/world.yaml of this repository */
  readonly worldFile?: string;
  /** What the gateway reports as the caller's address. @default the socket's */
  readonly sourceIp?: string;
  /** Takes what functions and gateway have to say, line by line. @default dropped */
  readonly log?: (line: string) => void;
}

/** URLs of the local run. */
export interface Local {
  readonly broker: string;
  readonly aws: string;
  readonly identityProvider: string;
  close(): Promise<void>;
}

const apiId = 'local';
const toTableNames = (configuration: Configuration): TableNames => ({
  issuances: 'daypass-issuances',
  proofs: 'daypass-proofs',
  findings: 'daypass-findings',
  witnesses: 'daypass-witnesses',
  controls: 'daypass-controls',
  quotas: 'daypass-quotas',
  ...(usesIntegrations(configuration) ? { integrations: 'daypass-integrations' } : {}),
});

type Closing = (() => Promise<void>)[];

/**
 * Starts the broker on loopback: embedded AWS, identity provider, functions and gateway.
 *
 * @throws StartError when the configuration, the world, a port or the data directory can't be used
 */
export async function startLocal(options: LocalOptions): Promise<Local> {
  const files = readLocalFiles(
    options.configurationFile ?? inRepository('config/daypass.yaml'),
    options.worldFile ?? inRepository('local/world.yaml'),
  );
  const closing: Closing = [];
  // The reverse of the start: the gateway goes before the functions, and those before what they call.
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    return { ...(await start(options, files, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const inRepository = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

async function start(
  options: LocalOptions,
  { configuration, world }: LocalFiles,
  closing: Closing,
): Promise<Omit<Local, 'close'>> {
  const { dataDirectory, port = 0, idpPort = 0, sourceIp, log = () => {} } = options;
  const { issuers, deployment } = configuration.configuration;
  const faults = createFaults();
  const federator = toLocalFederator(configuration.configuration);
  const tableNames = toTableNames(configuration.configuration);
  const roles = toBrokerRoles(configuration.configuration, tableNames);
  const tokenKeyArn = toTokenKeyArn(deployment);
  const webIdentityKeyArns = toWebIdentityKeyArns(configuration.configuration);
  const apiPolicyId = toApiPolicyId({ configuration: configuration.configuration });
  const api: GatewayApi = {
    ...deployment,
    apiId,
    stageVariables: { [apiPolicyVariable]: apiPolicyId },
  };
  const resourcePolicy = createResourcePolicy(configuration.configuration, api);

  // Whoever calls them is there before them, the gateway because its URL is in their environment: first calls wait.
  const functions = awaitFunctions();
  const broker = { url: '' };
  const played: { settings?: IdentityProvider['settings'] } = {};
  // Begun once there is somebody to hear it: what was recorded before has to do with no issuance of this run.
  const trail: { feed?: TrailFeed } = {};
  // First, because it locks the data directory.
  const aws = await startAws(options, {
    // Where the broker listens is known once it does; nobody has a token of its before.
    world: withPlayedIssuers(
      withBrokerAsProvider(
        withUsers(withRoles(world, roles.worldRoles), federator === undefined ? [] : [federator.user]),
        () => broker.url,
      ),
      () => played.settings,
    ),
    faults,
    keyPolicies: {
      [tokenKeyArn]: toTokenKeyPolicy(deployment),
      ...Object.fromEntries(webIdentityKeyArns.map((arn) => [arn, toWebIdentityKeyPolicy(deployment)])),
    },
    secrets: federator === undefined ? [] : [federator.secret],
    invokeFunction: (_functionArn, event) => functions.invoke('rotation', event),
    invokeByName: toInvokeByName(configuration.configuration, functions),
    streams: publishChanges(tableNames, { functions, log }),
    buckets: [{ name: toTrailBucketName(configuration.configuration), accountId: deployment.accountId }],
    onTrailRecords: (records) => trail.feed?.addRecords(records),
  });
  closing.push(aws.close);

  const identityProvider = await onPort(idpPort, '--idp-port', () =>
    startIdentityProvider({ port: idpPort, world, issuers, dataDirectory, faults }),
  );
  closing.push(identityProvider.close);
  played.settings = identityProvider.settings;

  const files = await writeFunctionFiles(
    dataDirectory,
    compileLocalConfiguration(configuration.document, identityProvider.settings),
    toDeployedRoutes(configuration.configuration),
  );
  await createTables({
    endpoint: aws.url,
    region: deployment.region,
    tableNames,
    credentials: () => fetchCredentials(aws, roles.setupRoleArn),
  });

  closing.push(functions.close);
  const gateway = await onPort(port, '--port', () =>
    startGateway({
      port,
      routes: toDeployedRoutes(configuration.configuration),
      api,
      resourcePolicy,
      authenticate: aws.authenticate,
      invoke: functions.invoke,
      accessLog: (route, line) => {
        if (isWitness(route)) trail.feed?.addLine(line);
      },
      ...(sourceIp === undefined ? {} : { sourceIp }),
      log,
    }),
  );
  closing.push(gateway.close);
  broker.url = gateway.url;
  await functions.begin(
    startFunctions({
      ...files,
      configuration: configuration.configuration,
      apiId,
      issuanceTable: tableNames.issuances,
      proofTable: tableNames.proofs,
      findingTable: tableNames.findings,
      witnessTable: tableNames.witnesses,
      trailBucket: toTrailBucketName(configuration.configuration),
      controlTable: tableNames.controls ?? '',
      quotaTable: tableNames.quotas ?? '',
      ...(tableNames.integrations === undefined ? {} : { integrationTable: tableNames.integrations }),
      apiPolicyId,
      url: gateway.url,
      federationUrl: `${aws.url}${federationPath}`,
      tokenKeyArn,
      webIdentityKeyArns,
      ...(federator === undefined ? {} : { federatorSecretArn: federator.secret.arn }),
      awsUrl: aws.url,
      toCredentials: (name) => aws.serviceCredentials(requireDeployed(roles.functionRoleArns, name)),
      log,
    }),
  );
  trail.feed = startTrailFeed({
    configuration: configuration.configuration,
    invoke: (event) => functions.invoke('reconciler', event),
    putObject: aws.putObject,
    log,
  });
  closing.push(trail.feed.close);
  if (federator !== undefined) {
    await rotate(aws, log);
    closing.push(startKeySchedule((event) => functions.invoke('rotation', event), log));
  }
  if (usesIntegrations(configuration.configuration))
    closing.push(
      startSchedule({
        ...{ event: verifyIntegrationsEvent, everyMs: runEveryMinutes * 60_000, log },
        invoke: (event) => functions.invoke('integrations', event),
        failure: 'a run of the verification of third parties failed',
      }),
    );
  if (appliesRevocations(configuration.configuration))
    closing.push(
      startSchedule({
        ...{ event: cleanUpEvent, everyMs: cleanUpEveryMinutes * 60_000, log },
        invoke: (event) => functions.invoke('controls', event),
        failure: 'a run that takes revocations off roles failed',
      }),
    );
  return { broker: gateway.url, aws: aws.url, identityProvider: identityProvider.url };
}

/** By the names that the broker's functions know each other by. */
const toInvokeByName =
  (configuration: Configuration, functions: Pick<Functions, 'invoke'>): InvokeByName =>
  async (functionName, event, qualifier) => {
    const { deployment } = configuration;
    const name = deployedFunctions(configuration).find(
      (candidate) => toFunctionName(deployment, candidate) === functionName,
    );
    if (name === undefined || !hasQualifier(name, qualifier)) return undefined;
    return { result: await functions.invoke(name, event, qualifier) };
  };

/** As the stack makes them: one alias, of one function. */
const hasQualifier = (name: FunctionName, qualifier: string | undefined): boolean =>
  qualifier === undefined ||
  qualifier === '$LATEST' ||
  (name === 'integration-issuer' && qualifier === verifyAlias);

/** The first rotation, or one that a stop cut off. Without it federation tokens are refused, and nothing else is. */
async function rotate(aws: EmbeddedAws, log: (line: string) => void): Promise<void> {
  try {
    await aws.resumeRotations();
  } catch (error) {
    log(`the rotation of the federator's key failed, and stays open until the next start: ${error}`);
  }
}

/** As the stack puts it at the API. @throws StartError when API Gateway would not take it */
function createResourcePolicy(configuration: Configuration, api: GatewayApi): unknown {
  const toResource: ToResource = (method, path) => toMethodArn(api, { method, path });
  return asStartError(() => createApiPolicy({ configuration, toResource }));
}

/** What the synthesis refuses is refused here. @throws StartError */
function asStartError<Value>(create: () => Value): Value {
  try {
    return create();
  } catch (error) {
    if (error instanceof ConfigurationError) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

/** What the stack puts into the functions' layer. */
async function writeFunctionFiles(dataDirectory: string, document: unknown, deployed: readonly Route[]) {
  const configurationFile = resolve(dataDirectory, 'configuration.json');
  const openApiFile = resolve(dataDirectory, 'openapi.json');
  await writeFile(configurationFile, JSON.stringify(document), { mode: 0o600 });
  await writeFile(openApiFile, JSON.stringify(createOpenApi(readVersion(), deployed)));
  return { configurationFile, openApiFile };
}

async function startAws(
  { dataDirectory, awsPort = 0 }: LocalOptions,
  parts: Pick<
    Parameters<typeof startEmbeddedAws>[0],
    | 'world'
    | 'faults'
    | 'keyPolicies'
    | 'secrets'
    | 'invokeFunction'
    | 'invokeByName'
    | 'streams'
    | 'buckets'
    | 'onTrailRecords'
  >,
): Promise<EmbeddedAws> {
  try {
    return await onPort(awsPort, '--aws-port', () =>
      startEmbeddedAws({ ...parts, port: awsPort, dataDirectory }),
    );
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { message } = error as Error;
    // The directory can't be made or written, or another run has it.
    if (systemErrorCode(error) === undefined && !message.includes('in use')) throw error;
    throw new StartError(`data directory (--data): ${message}`, { cause: error });
  }
}

/** As an SDK fetches the credentials of a container. */
async function fetchCredentials(aws: EmbeddedAws, roleArn: string): Promise<Credentials> {
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Readonly<Record<string, string>>;
  if (!AccessKeyId || !SecretAccessKey || !Token) throw new Error(`${uri} gave no credentials`);
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}
