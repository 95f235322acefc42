/** What AWS's consoles are called in a partition, and where their sign-in is. */
interface ConsoleAddresses {
  /** Of the console's start page; regions and services have theirs under it. */
  readonly host: string;
  /** Source: IAM guide, "Enable custom identity broker access to the AWS console". */
  readonly toFederationHost: (region: string) => string;
}

const addresses: Readonly<Record<string, ConsoleAddresses>> = {
  aws: { host: 'console.aws.amazon.com', toFederationHost: (region) => `${region}.signin.aws.amazon.com` },
  'aws-cn': { host: 'console.amazonaws.cn', toFederationHost: () => 'signin.amazonaws.cn' },
  'aws-us-gov': {
    host: 'console.amazonaws-us-gov.com',
    toFederationHost: () => 'signin.amazonaws-us-gov.com',
  },
};

/** Where the console's start page is. @throws TypeError for a partition that Daypass does not know */
export const toConsoleHost = (partition: string): string => requireAddresses(partition).host;

/** The federation endpoint: it gives a sign-in token for credentials, and takes it in a link. */
export const toFederationUrl = (deployment: {
  readonly partition: string;
  readonly region: string;
}): string =>
  `https://${requireAddresses(deployment.partition).toFederationHost(deployment.region)}/federation`;

function requireAddresses(partition: string): ConsoleAddresses {
  const found = Object.hasOwn(addresses, partition) ? addresses[partition] : undefined;
  if (found !== undefined) return found;
  throw new TypeError(
    `no console of partition ${partition} is known; allowed: ${Object.keys(addresses).join(', ')}`,
  );
}
