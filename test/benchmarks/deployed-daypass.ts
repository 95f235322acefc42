import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { type FunctionName, functionNames } from '../../lambda/core/function-roles.ts';
import { environment } from '../../lambda/functions/environment.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { toTokenKeyPolicy } from '../../lib/token-key-policy.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../local/aws/embedded-aws.ts';
import { toTokenKeyArn } from '../../local/aws/kms/token-key.ts';
import { compileLocalConfiguration } from '../../local/compile-local-configuration.ts';
import { createTables } from '../../local/create-tables.ts';
import { createFaults } from '../../local/faults.ts';
import { readWorld, withRoles } from '../../local/world.ts';
import { deployedTables, synthesizeFunctions } from '../support/deployed-functions.ts';
import { startLoopbackIssuer } from '../support/loopback-issuer.ts';
import { aSigningKey, sign } from '../support/tokens.ts';

/** A bundle as `cdk deploy` uploads it, and all of the environment that it has in Lambda. */
export interface DeployedFunction {
  readonly module: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface DeployedDaypass {
  readonly functions: Readonly<Record<'authorizer' | 'issuer', DeployedFunction>>;
  /** Of the caller `sre`, good for five minutes. */
  readonly token: string;
  readonly awsUrl: string;
  close(): Promise<void>;
}

/** The example deployment's bundles, on the embedded AWS in this process. */
export async function startDeployedDaypass(outdir: string): Promise<DeployedDaypass> {
  const deployed = synthesizeFunctions(outdir);
  const key = await aSigningKey('one', 'RS256');
  const issuer = await startLoopbackIssuer([key.publicJwk]);
  const aws = await startAws(outdir, deployed);
  const configurationFile = writeConfiguration(outdir, issuer.url);
  const toFunction = async (name: FunctionName): Promise<DeployedFunction> => ({
    module: deployed[name].module.href,
    environment: {
      ...deployed[name].variables,
      TZ: ':UTC',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: aws.url,
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      ...(await fetchCredentials(aws, deployed[name].roleArn)),
      [environment.configurationFile]: configurationFile,
    },
  });
  const nowSeconds = Math.floor(Date.now() / 1000);
  const times = { iat: nowSeconds, exp: nowSeconds + 300 };
  const claims = { groups: ['sre'], team: 'payments', amr: ['mfa'] };
  return {
    functions: { authorizer: await toFunction('authorizer'), issuer: await toFunction('issuer') },
    token: await sign(key, { iss: issuer.url, sub: 'sre', aud: 'daypass', ...times, ...claims }),
    awsUrl: aws.url,
    close: async () => {
      await issuer.close();
      await aws.close();
    },
  };
}

async function startAws(outdir: string, deployed: ReturnType<typeof synthesizeFunctions>) {
  const roles = functionNames.map((name) => ({
    arn: deployed[name].roleArn,
    trust: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    policies: deployed[name].policies,
  }));
  const world = withRoles(readWorld('local/world.yaml'), roles);
  const dataDirectory = join(outdir, 'aws');
  mkdirSync(dataDirectory);
  const { deployment } = readConfigurationFile('config/daypass.yaml').configuration;
  const keyPolicies = { [toTokenKeyArn(deployment)]: toTokenKeyPolicy(deployment) };
  const faults = createFaults();
  const aws = await startEmbeddedAws({ world, port: 0, dataDirectory, keyPolicies, faults });
  const operator = [...world.users.values()].find(({ arn }) => arn.endsWith(':user/operator'));
  if (operator === undefined) throw new TypeError('the world has no operator');
  await createTables({
    endpoint: aws.url,
    region: 'eu-west-1',
    tableNames: deployedTables,
    credentials: async () => operator,
  });
  return aws;
}

/** In the environment from the start, as Lambda has them there: no function asks for them. */
async function fetchCredentials(aws: EmbeddedAws, roleArn: string) {
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Readonly<Record<string, string>>;
  if (!AccessKeyId || !SecretAccessKey || !Token) throw new Error(`no credentials of ${roleArn}`);
  return {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: Token,
  };
}

/** The document of the layer, with the issuer at its address of today. */
function writeConfiguration(outdir: string, issuerUrl: string): string {
  const layer = readdirSync(outdir).find((name) => name.startsWith('configuration-')) ?? '';
  const document = JSON.parse(readFileSync(join(outdir, layer, 'daypass.json'), 'utf8'));
  const file = join(outdir, 'daypass.json');
  const settings = new Map([['okta', { issuer: issuerUrl }]]);
  writeFileSync(file, JSON.stringify(compileLocalConfiguration(document, settings)));
  return file;
}
