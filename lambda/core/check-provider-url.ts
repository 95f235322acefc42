import type { Report } from './compile-statements.ts';
import { type Configuration, type Deployment, usesWebIdentity } from './configuration.ts';

/** Characters. Source: IAM API Reference, CreateOpenIDConnectProvider. */
const maxLength = 255;

/**
 * Where the broker signs tokens for STS, its URL is that of an OIDC provider of IAM's, which takes less than callers do.
 */
export function checkProviderUrl(
  profiles: Configuration['profiles'],
  deployment: Deployment | undefined,
  report: Report,
): void {
  const { url } = deployment ?? {};
  if (url === undefined || !usesWebIdentity({ profiles })) return;
  if (url.length <= maxLength && !hasPort.test(url)) return;
  const allowed = `a URL without a port, of at most ${maxLength} characters, beside profiles of mechanism web-identity: IAM takes no other for the OIDC provider that stands for this broker`;
  report({ path: ['deployment', 'url'], value: url, allowed });
}

/** As it is written: the default one counts too. */
const hasPort = /^https:\/\/[^/]*:[0-9]*(?:\/|$)/;
