import {
  type Configuration,
  usesFederator,
  usesIntegrations,
  usesWebIdentity,
} from '../core/configuration.ts';
import type { DeploymentNeeds, FunctionName } from '../core/function-roles.ts';
import { toOtherRegions } from '../core/regions.ts';

/** The environment of the deployed functions: set by the stack and by the local run, read by `functions/` alone. */
export const environment = {
  /** Id of the one API whose events a function takes. */
  apiId: 'DAYPASS_API_ID',
  /** Stage of that API. */
  stage: 'DAYPASS_STAGE',
  /** Path of the configuration as JSON: in the layer when deployed. */
  configurationFile: 'DAYPASS_CONFIGURATION_FILE',
  /** Path of the API's description as OpenAPI 3.1 in JSON: in the layer when deployed. */
  openApiFile: 'DAYPASS_OPENAPI_FILE',
  /** Name of the issuance table. */
  issuanceTable: 'DAYPASS_ISSUANCE_TABLE',
  /** Name of the table of proofs that had their one effect. */
  proofTable: 'DAYPASS_PROOF_TABLE',
  /** URL under which callers reach the API, without a slash at the end: issuer and audience of
   * the broker's own tokens, and where the console sends people whose session has ended. */
  url: 'DAYPASS_URL',
  /** Digest of the API's resource policy: see `OwnApi.apiPolicyId`. */
  apiPolicyId: 'DAYPASS_API_POLICY_ID',
  /** URL of the console's federation endpoint, of the deployment's partition and region. */
  federationUrl: 'DAYPASS_FEDERATION_URL',
  /** URL of the STS endpoint to which presigned requests go, without a slash at the end: the region's. */
  stsUrl: 'DAYPASS_STS_URL',
  /** ARN of the KMS key that signs the broker's own tokens. */
  tokenKeyArn: 'DAYPASS_TOKEN_KEY_ARN',
  /** ARNs of the KMS keys of the broker as an OIDC issuer, parted by commas: the first signs, all are served. */
  webIdentityKeyArns: 'DAYPASS_WEB_IDENTITY_KEY_ARNS',
  /** ARN of the secret that holds the federator's key. */
  federatorSecretArn: 'DAYPASS_FEDERATOR_SECRET_ARN',
  /** Name of the IAM user whose key that is. */
  federatorUserName: 'DAYPASS_FEDERATOR_USER_NAME',
  /** Seconds over which a new key of the federator's must be taken, time after time, before it is used: IAM is
   * eventually consistent. A minute in AWS; the embedded one knows a key at once. */
  keyTestSeconds: 'DAYPASS_KEY_TEST_SECONDS',
  /** Name of the table of third parties. */
  integrationTable: 'DAYPASS_INTEGRATION_TABLE',
  /** Name of the table of findings. */
  findingTable: 'DAYPASS_FINDING_TABLE',
  /** Name of the table of what others saw of an issuance. */
  witnessTable: 'DAYPASS_WITNESS_TABLE',
  /** Name of the bucket to which the trail delivers. */
  trailBucket: 'DAYPASS_TRAIL_BUCKET',
  /** Name of the table of what is suspended and revoked. */
  controlTable: 'DAYPASS_CONTROL_TABLE',
  /** Name of the table that counts attempts. */
  quotaTable: 'DAYPASS_QUOTA_TABLE',
  /** Regions to which the tables are copied, parted by commas. */
  otherRegions: 'DAYPASS_OTHER_REGIONS',
} as const;

export type Variable = keyof typeof environment;

/** That of the canaries, which are no functions of the API and know no table. */
export const canaryEnvironment = {
  /** Where they ask for credentials. */
  url: 'DAYPASS_CANARY_URL',
  /** `allowed` or `refused`. */
  expected: 'DAYPASS_CANARY_EXPECTED',
  stage: environment.stage,
} as const;

const common = ['apiId', 'stage', 'configurationFile'] as const;

/** Whatever writes rows or calls STS looks there first. */
const admitting = ['controlTable', 'quotaTable'] as const;

/** What each function reads always. */
const always: Readonly<Record<FunctionName, readonly Variable[]>> = {
  authorizer: [...common, 'url', 'tokenKeyArn'],
  issuer: [
    ...([...common, 'apiPolicyId', 'issuanceTable', 'proofTable', 'url', 'federationUrl', 'stsUrl'] as const),
    ...admitting,
  ],
  controls: [...common, 'apiPolicyId', 'issuanceTable', ...admitting],
  audit: [...common, 'issuanceTable', 'findingTable', 'openApiFile'],
  saml: [...common, 'url', 'tokenKeyArn', 'proofTable'],
  // Not behind the API, and there where a profile has the mechanism `federation-token` alone.
  rotation: ['stage', 'federatorSecretArn', 'federatorUserName', 'keyTestSeconds'],
  // These three are there where the configuration has third parties alone.
  integrations: [...common, 'apiPolicyId', 'issuanceTable', 'proofTable', 'integrationTable', ...admitting],
  'integration-issuer': [
    ...([...common, 'apiPolicyId', 'issuanceTable', 'proofTable', 'url', 'federationUrl'] as const),
    'integrationTable',
    ...admitting,
  ],
  // Not behind the API. It is there where the configuration has policies applied alone.
  revoker: ['stage', 'configurationFile'],
  // Not behind the API.
  reconciler: ['stage', 'configurationFile', 'issuanceTable', 'findingTable', 'witnessTable', 'trailBucket'],
  // Not behind the API.
  publisher: ['stage', 'issuanceTable', 'findingTable', 'controlTable'],
  // Not behind the API.
  prober: ['stage', 'configurationFile', 'integrationTable'],
};

/** What each function reads where a profile has the mechanism `web-identity`. */
const forWebIdentity: Readonly<Partial<Record<FunctionName, readonly Variable[]>>> = {
  issuer: ['webIdentityKeyArns'],
  audit: ['url', 'webIdentityKeyArns'],
  // Which sessions were had by a token of the broker's own.
  reconciler: ['url'],
};

/** What each function reads where a profile has the mechanism `federation-token`. */
const forFederator: Readonly<Partial<Record<FunctionName, readonly Variable[]>>> = {
  issuer: ['federatorSecretArn'],
};

/** What the functions of every deployment read where the configuration has third parties: their keys. */
const forIntegrations: Readonly<Partial<Record<FunctionName, readonly Variable[]>>> = {
  authorizer: ['integrationTable'],
  publisher: ['integrationTable'],
};

/** What each function reads where the deployment runs in more than one region. */
const forRegions: Readonly<Partial<Record<FunctionName, readonly Variable[]>>> = {
  // The others read it in the configuration.
  publisher: ['otherRegions'],
};

/** What the function reads. The stack and the local run set exactly these. */
export const variablesOf = (
  name: FunctionName,
  configuration: DeploymentNeeds & Pick<Configuration, 'deployment'>,
): readonly Variable[] => [
  ...always[name],
  ...(usesWebIdentity(configuration) ? (forWebIdentity[name] ?? []) : []),
  ...(usesFederator(configuration) ? (forFederator[name] ?? []) : []),
  ...(usesIntegrations(configuration) ? (forIntegrations[name] ?? []) : []),
  ...(toOtherRegions(configuration.deployment).length > 0 ? (forRegions[name] ?? []) : []),
];

/** @throws TypeError naming the variable, so that a misconfigured function fails at its cold start. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new TypeError(`environment variable ${name} is not set; the stack sets it for this function`);
  }
  return value;
}

/** `undefined` where the deployment has no such thing. */
export const findEnv = (name: string): string | undefined => process.env[name] || undefined;

/** @throws TypeError as `requireEnv` does */
export const requireEnvList = (name: string): readonly [string, ...string[]] => {
  const [first = '', ...others] = requireEnv(name).split(',');
  return [first, ...others];
};
