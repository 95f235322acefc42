import type { Deployment } from './configuration.ts';

/** AWS's sign-in, as assertions for AWS name it. */
export interface AwsSignIn {
  /** Where assertions for it are posted: each is a Recipient, the global one first. */
  readonly endpoints: readonly [string, ...string[]];
  /** What an assertion may have as Audience. */
  readonly audiences: readonly string[];
}

/** Source: IAM guide, "Configure SAML assertions for the authentication response", and the metadata of AWS's sign-in. */
const signIns: Readonly<Record<string, { readonly host: string; readonly entityId: string }>> = {
  aws: { host: 'signin.aws.amazon.com', entityId: 'urn:amazon:webservices' },
  'aws-cn': { host: 'signin.amazonaws.cn', entityId: 'urn:amazon:webservices:cn-north-1' },
  'aws-us-gov': { host: 'signin.amazonaws-us-gov.com', entityId: 'urn:amazon:webservices:govcloud' },
};

/** @throws TypeError for a partition that Daypass does not know */
export function toAwsSignIn({ partition, region }: Pick<Deployment, 'partition' | 'region'>): AwsSignIn {
  const found = Object.hasOwn(signIns, partition) ? signIns[partition] : undefined;
  if (found === undefined) {
    throw new TypeError(
      `no sign-in of partition ${partition} is known; allowed: ${Object.keys(signIns).join(', ')}`,
    );
  }
  const endpoints = [`https://${found.host}/saml`, `https://${region}.${found.host}/saml`] as const;
  return { endpoints, audiences: [...new Set([...endpoints, 'urn:amazon:webservices', found.entityId])] };
}
