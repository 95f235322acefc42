import { isLoopbackHost } from '../../lambda/core/issuer-url.ts';
import { ClientError } from './client-error.ts';

/**
 * The broker's address, without a slash at the end.
 *
 * @param source where it was written, as `DAYPASS_URL`
 * @throws ClientError `usage`: a token is sent there, so that http is for this machine alone
 */
export function requireBrokerUrl(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url !== undefined &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)));
  if (isSafe && !url.search && !url.hash && !url.username && !url.password) {
    url.pathname = url.pathname.replace(/\/+$/, '');
    return url;
  }
  throw new ClientError('usage', `${source} is not the address of a broker`, {
    hint: 'allowed: an https URL such as https://daypass.example.com, and http on this machine alone, as http://127.0.0.1:8080',
  });
}

/** A path of the API at the broker, which may itself be below a path, as API Gateway's own address is (`/prod`). */
export function toBrokerAddress(
  broker: URL,
  path: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const address = new URL(broker);
  address.pathname = `${broker.pathname.replace(/\/$/, '')}${path}`;
  address.search = new URLSearchParams(query).toString();
  return address;
}
