/** Whether the host is this machine's own. */
export const isLoopbackHost = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

export const secureOrLoopback =
  'an https URL without credentials, query or fragment (http for a loopback host only)';

/** Whether the text can be an issuer's URL: https, or http where the host is this very machine. */
export function isIssuerUrl(value: string): boolean {
  if (!URL.canParse(value) || !/^https?:\/\/[^/\s?#@\\][^\s?#@\\]*$/.test(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  if (pathname.includes('//')) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

/** Whether only a Kubernetes cluster itself resolves the host: the issuer that a cluster has by default. */
export const isClusterInternal = (url: string) => /\.svc(?:\.cluster\.local)?$/.test(new URL(url).hostname);
