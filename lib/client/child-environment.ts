type Environment = Readonly<Record<string, string | undefined>>;

/**
 * By what any SDK of AWS's chooses credentials: left in place, a profile or a container's address would go before what
 * the child was given, or stand in for it once that has expired. Regions, endpoints and the paths of files stay.
 */
const choosingCredentials: ReadonlySet<string> = new Set([
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_ACCOUNT_ID',
  'AWS_CREDENTIAL_SCOPE',
  // Names of older SDKs and tools.
  'AWS_ACCESS_KEY',
  'AWS_SECRET_KEY',
  'AWS_SECURITY_TOKEN',
  'AWS_DELEGATION_TOKEN',
  'AWS_CREDENTIAL_FILE',
  'AMAZON_ACCESS_KEY_ID',
  'AMAZON_SECRET_ACCESS_KEY',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_SSO_START_URL',
  'AWS_SSO_REGION',
  'AWS_SSO_ACCOUNT_ID',
  'AWS_SSO_ROLE_NAME',
  // Set by tools like this one: the child isn't theirs.
  'AWS_VAULT',
  'AWS_SESSION_EXPIRATION',
]);

/** The environment with these credentials' variables and no others. Windows knows names in any case. */
export function toChildEnvironment(
  env: Environment,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !choosingCredentials.has(entry[0].toUpperCase()),
  );
  return { ...Object.fromEntries(kept), ...given };
}
