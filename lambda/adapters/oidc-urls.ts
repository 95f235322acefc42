import { isLoopbackHost } from '../core/issuer-url.ts';

/**
 * The URL of a configured issuer: https, or http where the host is this very machine.
 *
 * @throws TypeError so that a misconfigured function fails at its cold start.
 */
export function requireIssuerUrl(issuer: string): URL {
  const url = URL.parse(issuer);
  if (url === null || url.search || url.hash || hasUserInfo(url) || !isSecureOrLoopback(url)) {
    throw new TypeError(
      `issuer ${issuer} is not an https URL without user, query and fragment (http is for loopback hosts alone)`,
    );
  }
  return url;
}

/** Where OpenID Connect Discovery 1.0 §4 puts the document: a slash at the issuer's end is dropped first. */
export function toDiscoveryUrl(issuer: URL): URL {
  return new URL(`${issuer.href.replace(/\/$/, '')}/.well-known/openid-configuration`);
}

/**
 * The key set's address as a discovery document gives it. Not bound to the issuer's origin, because large issuers
 * keep their keys elsewhere (accounts.google.com names www.googleapis.com). Any other host than the issuer's own
 * must be a public DNS name on the default port, so that a document cannot point the broker at an address of a
 * private network or of the metadata service. A loopback issuer's keys are on loopback too.
 */
export function requireKeySetUrl(jwksUri: unknown, issuer: URL): URL {
  const url = typeof jwksUri === 'string' ? URL.parse(jwksUri) : null;
  if (url === null || url.hash || hasUserInfo(url) || !isFetchable(url, issuer)) {
    throw new Error(
      'jwks_uri of the discovery document is not an https URL on the host of the issuer or on a public host name',
    );
  }
  return url;
}

function isFetchable(url: URL, issuer: URL): boolean {
  if (isLoopback(issuer)) return isLoopback(url) && isSecureOrLoopback(url);
  if (url.protocol !== 'https:') return false;
  return url.host === issuer.host || (url.port === '' && isPublicName(url.hostname));
}

const hasUserInfo = (url: URL) => url.username !== '' || url.password !== '';

const isSecureOrLoopback = (url: URL) =>
  url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));

const isLoopback = ({ hostname }: URL) => isLoopbackHost(hostname);

/** Neither an address (a public suffix is no number, an IPv6 literal has brackets) nor a name that only private networks resolve. */
const isPublicName = (hostname: string) =>
  /\.[a-z][a-z0-9-]*[a-z0-9]$/.test(hostname) && !/\.(?:localhost|local|internal)$/.test(hostname);
