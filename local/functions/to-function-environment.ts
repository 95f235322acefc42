import { devNull } from 'node:os';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { type FunctionName, toRoleName } from '../../lambda/core/function-roles.ts';
import { toOtherRegions } from '../../lambda/core/regions.ts';
import { environment, type Variable, variablesOf } from '../../lambda/functions/environment.ts';
import { toFederatorUserNames } from '../../lib/federator-policies.ts';

export interface FunctionEnvironmentOptions {
  readonly name: FunctionName;
  readonly configuration: Pick<Configuration, 'deployment' | 'profiles' | 'integrations' | 'revocation'>;
  readonly apiId: string;
  readonly configurationFile: string;
  readonly openApiFile: string;
  readonly issuanceTable: string;
  readonly proofTable: string;
  readonly controlTable: string;
  readonly quotaTable: string;
  readonly findingTable: string;
  readonly witnessTable: string;
  readonly trailBucket: string;
  /** None where the configuration has no third parties. */
  readonly integrationTable?: string;
  readonly apiPolicyId: string;
  /** Where callers reach the broker, without a slash at the end. */
  readonly url: string;
  /** Of the embedded AWS. */
  readonly federationUrl: string;
  readonly tokenKeyArn: string;
  /** Of the broker as an OIDC issuer, the signing one first; none where no profile needs one. */
  readonly webIdentityKeyArns: readonly string[];
  /** None where no profile needs a federator. */
  readonly federatorSecretArn?: string;
  readonly awsUrl: string;
  /** The function's own role, from the embedded AWS. */
  readonly credentials: { readonly uri: string; readonly authorizationToken: string };
}

/** What the stack and Lambda set for a function, with the embedded AWS instead of the real one. */
export function toFunctionEnvironment(options: FunctionEnvironmentOptions): Readonly<Record<string, string>> {
  const { name, configuration, awsUrl, credentials } = options;
  const { deployment } = configuration;
  return {
    TZ: ':UTC',
    AWS_REGION: deployment.region,
    AWS_DEFAULT_REGION: deployment.region,
    AWS_LAMBDA_FUNCTION_NAME: toRoleName(deployment, name),
    AWS_ENDPOINT_URL: awsUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
    // The SDK finds the home directory without HOME, and would take a profile's credentials before the container's.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: credentials.uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: credentials.authorizationToken,
    ...Object.fromEntries(
      variablesOf(name, configuration).map((variable) => [environment[variable], toValue(variable, options)]),
    ),
  };
}

function toValue(variable: Variable, options: FunctionEnvironmentOptions): string {
  switch (variable) {
    case 'stage':
      return options.configuration.deployment.stage;
    case 'stsUrl':
      return options.awsUrl;
    case 'webIdentityKeyArns':
      return options.webIdentityKeyArns.join(',');
    case 'federatorSecretArn':
      return options.federatorSecretArn ?? '';
    case 'federatorUserName':
      return toFederatorUserNames(options.configuration.deployment).name;
    case 'otherRegions':
      return toOtherRegions(options.configuration.deployment).join(',');
    case 'integrationTable':
      return options.integrationTable ?? '';
    case 'keyTestSeconds':
      // The embedded AWS knows a key as soon as it's made.
      return '0';
    default:
      return options[variable];
  }
}
