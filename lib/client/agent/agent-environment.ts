import { toContainerUri } from './start-agent-server.ts';

/** What SDKs have to find in their environment, for credentials of the profile from an agent. */
export const toContainerEnvironment = (
  { url }: { readonly url: string },
  profile: string,
  /** SDKs of before 2024 know no file: they take the token itself. */
  authorization: { readonly tokenFile: string } | { readonly token: string },
): Readonly<Record<string, string>> => ({
  AWS_CONTAINER_CREDENTIALS_FULL_URI: toContainerUri({ url }, profile),
  ...('tokenFile' in authorization
    ? { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: authorization.tokenFile }
    : { AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization.token }),
});

/** What SDKs have to find for the agent in the place of EC2's metadata service. */
export const toMetadataEnvironment = ({
  url,
}: {
  readonly url: string;
}): Readonly<Record<string, string>> => ({
  // With the slash: the AWS CLI of Debian 12 (2.9) puts its path right behind it.
  AWS_EC2_METADATA_SERVICE_ENDPOINT: `${url}/`,
});

/** Variables that SDKs look at before these, or that contradict them. */
export const overridingVariables = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
] as const;
