import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import { type FunctionName, functionNames, toRoleName } from '../../lambda/core/function-roles.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { DaypassStack } from '../../lib/daypass-stack.ts';
import { tokenKeyId, toWebIdentityKeyArn } from '../../local/aws/kms/token-key.ts';
import { toFederatorSecretArn } from '../../local/federator.ts';
import { controlTables } from './control-tables.ts';
import { deployedContext } from './deployed-context.ts';
import { reconciliationTables, reconciliationVariables } from './reconciliation-tables.ts';

/** A function as `cdk deploy` would upload it. */
export interface DeployedFunction {
  /** The unpacked bundle. */
  readonly folder: string;
  /** What the runtime imports for the handler that the stack names. */
  readonly module: URL;
  /** The environment that the stack sets. */
  readonly variables: Readonly<Record<string, string>>;
  readonly roleArn: string;
  /** The policies that the stack gives to its role. */
  readonly policies: readonly unknown[];
}

const deployment = { partition: 'aws', region: 'eu-west-1', accountId: '111111111111', stage: 'prod' };

export const deployedNames = {
  apiId: 'a1b2c3d4e5',
  tableName: 'daypass-issuances',
  proofTableName: 'daypass-proofs',
  integrationTableName: 'daypass-integrations',
  // The one that the embedded KMS has.
  tokenKeyId,
  webIdentityKeyArn: toWebIdentityKeyArn(deployment, 'first'),
  // The one that the embedded Secrets Manager has.
  federatorSecretArn: toFederatorSecretArn(deployment),
} as const;

/** What `createTables` makes for them. */
export const deployedTables = {
  issuances: deployedNames.tableName,
  proofs: deployedNames.proofTableName,
  integrations: deployedNames.integrationTableName,
  ...reconciliationTables,
  ...controlTables,
};

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Synthesizes the example deployment into `outdir`, bundles included, as `npm run synth` does. */
export function synthesizeFunctions(outdir: string): Readonly<Record<FunctionName, DeployedFunction>> {
  const app = new App({ outdir, context: { ...deployedContext() } });
  const loaded = readConfigurationFile('config/daypass.yaml');
  const { artifactId } = new DaypassStack(app, 'Daypass-prod', loaded);
  const resources: Readonly<Record<string, Resource>> = app.synth().getStackArtifact(artifactId)
    .template.Resources;

  const toDeployed = (name: FunctionName): DeployedFunction => {
    const role = find(resources, 'AWS::IAM::Role', ({ RoleName }) => {
      return RoleName === toRoleName(loaded.configuration.deployment, name);
    });
    const { Code, Handler, Environment } = find(resources, 'AWS::Lambda::Function', ({ Role }) => {
      return JSON.stringify(Role) === JSON.stringify({ 'Fn::GetAtt': [role.id, 'Arn'] });
    }).properties as {
      readonly Code: { readonly S3Key: string };
      readonly Handler: string;
      readonly Environment: { readonly Variables: unknown };
    };
    const folder = join(outdir, `asset.${Code.S3Key.replace('.zip', '')}`);
    const { RoleName, Path, Policies } = role.properties as {
      readonly RoleName: string;
      readonly Path: string;
      readonly Policies: readonly { readonly PolicyDocument: unknown }[];
    };
    return {
      folder,
      module: pathToFileURL(join(folder, Handler.replace(/\.handler$/, '.mjs'))),
      variables: resolve(Environment.Variables, resources) as Record<string, string>,
      roleArn: `arn:aws:iam::111111111111:role${Path}${RoleName}`,
      policies: Policies.map(({ PolicyDocument }) => resolve(PolicyDocument, resources)),
    };
  };
  return Object.fromEntries(functionNames.map((name) => [name, toDeployed(name)])) as Record<
    FunctionName,
    DeployedFunction
  >;
}

function find(
  resources: Readonly<Record<string, Resource>>,
  type: string,
  isIt: (properties: Resource['Properties']) => boolean,
) {
  const found = Object.entries(resources).find(
    ([, { Type, Properties }]) => Type === type && isIt(Properties),
  );
  if (found === undefined) throw new TypeError(`the template has no such ${type}`);
  return { id: found[0], properties: found[1].Properties };
}

/** What CloudFormation would put in the place of references, for the types that functions and roles refer to. */
function resolve(value: unknown, resources: Readonly<Record<string, Resource>>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, resources));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': joined } = value as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return toReference(Ref, resources[Ref]);
  if (Array.isArray(attribute)) return toAttribute(attribute[0], attribute[1], resources[attribute[0]]);
  if (Array.isArray(joined)) return (resolve(joined[1], resources) as readonly string[]).join(joined[0]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, resources)]));
}

function toReference(name: string, resource: Resource | undefined): string {
  if (name === 'AWS::URLSuffix') return 'amazonaws.com';
  if (resource?.Type === 'AWS::ApiGateway::RestApi') return deployedNames.apiId;
  if (resource?.Type === 'AWS::DynamoDB::GlobalTable') return toTableName(name);
  if (resource?.Type === 'AWS::SecretsManager::Secret') return deployedNames.federatorSecretArn;
  if (resource?.Type === 'AWS::S3::Bucket') return reconciliationVariables.trailBucket;
  throw new TypeError(`no reference to ${name}, a ${resource?.Type}, was expected`);
}

/** Streams are told apart from their tables; every other attribute that is referred to is an ARN. */
function toAttribute(id: string, name: string, resource: Resource | undefined): string {
  const arn = toArn(id, resource);
  return name === 'StreamArn' ? `${arn}/stream/2026-01-01T00:00:00.000` : arn;
}

function toArn(id: string, resource: Resource | undefined): string {
  const here = 'eu-west-1:111111111111';
  switch (resource?.Type) {
    case 'AWS::DynamoDB::GlobalTable':
      return `arn:aws:dynamodb:${here}:table/${toTableName(id)}`;
    case 'AWS::KMS::Key': {
      const { KeyUsage, Description } = resource.Properties;
      if (String(Description).includes('web identities')) return deployedNames.webIdentityKeyArn;
      return `arn:aws:kms:${here}:key/${KeyUsage === 'SIGN_VERIFY' ? deployedNames.tokenKeyId : id}`;
    }
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${reconciliationVariables.trailBucket}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${here}:${id}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${here}:log-group:${id}:*`;
    default:
      throw new TypeError(`no ARN of ${id}, a ${resource?.Type}, was expected`);
  }
}

/** By what the constructs are called, with which logical ids begin. */
const tableNames: Readonly<Record<string, string>> = {
  Issuances: deployedNames.tableName,
  Proofs: deployedNames.proofTableName,
  IntegrationTable: deployedNames.integrationTableName,
  Findings: reconciliationTables.findings,
  Witnesses: reconciliationTables.witnesses,
  ControlTable: controlTables.controls,
  QuotaTable: controlTables.quotas,
};

function toTableName(logicalId: string): string {
  const found = Object.entries(tableNames).find(([id]) => logicalId.startsWith(`Daypass${id}`));
  if (found === undefined) throw new TypeError(`no table ${logicalId} was expected`);
  return found[1];
}
