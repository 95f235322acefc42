import { isLoopbackHost } from '../../../lambda/core/issuer-url.ts';
import { ClientError } from '../client-error.ts';

/** @throws ClientError `failed` where the broker names an address of another machine, to which no code may go */
export function requireLoopbackRedirect(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url?.protocol === 'http:' &&
    isLoopbackHost(url.hostname) &&
    !url.search &&
    !url.hash &&
    !url.username &&
    !url.password
  )
    return url;
  throw new ClientError('failed', 'the broker names a redirectUri that is not on this machine', {
    hint: 'allowed: http://127.0.0.1/…, http://localhost/… or http://[::1]/…, with or without a port',
  });
}
