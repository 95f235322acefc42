import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routes } from '../lambda/http/routes.ts';
import { createOpenApi } from '../lib/openapi.ts';
import { readVersion } from '../lib/version.ts';
import { type EmbeddedAws, startEmbeddedAws } from './aws/embedded-aws.ts';
import { toBrokerRoles } from './broker-roles.ts';
import { compileLocalConfiguration } from './compile-local-configuration.ts';
import { type Credentials, createIssuanceTable } from './create-issuance-table.ts';
import { createFaults } from './faults.ts';
import { startFunctions } from './functions/start-functions.ts';
import { startGateway } from './gateway/gateway.ts';
import { startIdentityProvider } from './identity-provider/identity-provider.ts';
import { type LocalFiles, readLocalFiles } from './read-local-files.ts';
import { onPort, StartError } from './start-error.ts';
import { systemErrorCode } from './system-error-code.ts';
import { withRoles } from './world.ts';

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
const tableName = 'daypass-issuances';

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
  const roles = toBrokerRoles(configuration.configuration, tableName);

  // First, because it locks the data directory.
  const aws = await startAws(options, { world: withRoles(world, roles.worldRoles), faults });
  closing.push(aws.close);

  const identityProvider = await onPort(idpPort, '--idp-port', () =>
    startIdentityProvider({ port: idpPort, world, issuers, dataDirectory, faults }),
  );
  closing.push(identityProvider.close);

  const document = compileLocalConfiguration(configuration.document, identityProvider.issuerUrls);
  const configurationFile = resolve(dataDirectory, 'configuration.json');
  await writeFile(configurationFile, JSON.stringify(document), { mode: 0o600 });
  const openApiFile = resolve(dataDirectory, 'openapi.json');
  await writeFile(openApiFile, JSON.stringify(createOpenApi(readVersion())));
  await createIssuanceTable({
    endpoint: aws.url,
    region: deployment.region,
    tableName,
    credentials: () => fetchCredentials(aws, roles.setupRoleArn),
  });
  const functions = await startFunctions({
    deployment,
    apiId,
    configurationFile,
    openApiFile,
    issuanceTable: tableName,
    awsUrl: aws.url,
    // As deployed: the authorizer has no permissions, and so nothing to sign with.
    toCredentials: (name) =>
      name === 'authorizer' ? undefined : aws.serviceCredentials(roles.functionRoleArns[name]),
    log,
  });
  closing.push(functions.close);

  const api = { ...deployment, apiId };
  const gateway = await onPort(port, '--port', () =>
    startGateway({
      port,
      routes,
      api,
      invoke: functions.invoke,
      ...(sourceIp === undefined ? {} : { sourceIp }),
      log,
    }),
  );
  closing.push(gateway.close);
  return { broker: gateway.url, aws: aws.url, identityProvider: identityProvider.url };
}

async function startAws(
  { dataDirectory, awsPort = 0 }: LocalOptions,
  parts: Pick<Parameters<typeof startEmbeddedAws>[0], 'world' | 'faults'>,
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
