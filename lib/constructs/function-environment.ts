import type { Configuration } from '../../lambda/core/configuration.ts';
import { toFederationUrl } from '../../lambda/core/console-addresses.ts';
import { deployedFunctions, type PerFunction, requireDeployed } from '../../lambda/core/function-roles.ts';
import { toOtherRegions } from '../../lambda/core/regions.ts';
import { toStsUrl } from '../../lambda/core/sts-url.ts';
import { environment, type Variable, variablesOf } from '../../lambda/functions/environment.ts';
import type { BrokerApi } from './broker-api.ts';
import type { BrokerFunction } from './broker-function.ts';
import type { BrokerParts } from './broker-parts.ts';
import { ConfigurationLayer } from './configuration-layer.ts';

/** What the functions are told beside their parts. */
interface Told {
  readonly configuration: Configuration;
  readonly api: BrokerApi;
  /** Under which callers reach it, without a slash at the end. */
  readonly url: string;
}

/** The API knows the functions, so they can only be told afterwards which API is theirs. */
export function addEnvironment(functions: PerFunction<BrokerFunction>, parts: BrokerParts, told: Told): void {
  const { configuration } = told;
  const values = toValues(parts, told);
  for (const name of deployedFunctions(configuration)) {
    const { handler } = requireDeployed(functions, name);
    for (const variable of variablesOf(name, configuration))
      handler.addEnvironment(environment[variable], values[variable]);
  }
}

const toValues = (
  parts: BrokerParts,
  { configuration: { deployment, trail }, api, url }: Told,
): Readonly<Record<Variable, string>> => ({
  stage: deployment.stage,
  apiId: api.restApi.restApiId,
  apiPolicyId: api.policyId,
  configurationFile: ConfigurationLayer.file,
  openApiFile: ConfigurationLayer.openApiFile,
  issuanceTable: parts.issuances.table.tableName,
  proofTable: parts.proofs.table.tableName,
  controlTable: parts.controls.table.tableName,
  quotaTable: parts.quotas.table.tableName,
  findingTable: parts.findings.table.tableName,
  witnessTable: parts.witnesses.table.tableName,
  trailBucket: parts.trail?.bucket.bucketName ?? trail.existing?.bucketName ?? '',
  url,
  federationUrl: toFederationUrl(deployment),
  stsUrl: toStsUrl(deployment),
  tokenKeyArn: parts.tokenKey.key.keyArn,
  webIdentityKeyArns: parts.webIdentityKeys.keys.map(({ keyArn }) => keyArn).join(','),
  federatorSecretArn: parts.federator?.secret.secretArn ?? '',
  federatorUserName: parts.federator?.userName ?? '',
  keyTestSeconds: '60',
  integrationTable: parts.integrations?.table.tableName ?? '',
  otherRegions: toOtherRegions(deployment).join(','),
});
