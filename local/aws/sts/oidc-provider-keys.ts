import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { type Fetch, fetchJson } from '../../../lambda/adapters/fetch-json.ts';
import { isLoopbackHost } from '../../../lambda/core/issuer-url.ts';
import { isJsonObject } from '../../../lambda/core/parse-json-object.ts';
import type { OidcProvider } from '../../world-providers.ts';
import { AwsError } from '../aws-error.ts';
import { invalidIdentityToken } from './federated-attributes.ts';

export type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Each of discovery and key set; AWS publishes no limit of its own. */
const limits = { maxBytes: 262_144, timeoutMs: 3000 };

/**
 * The key set that the provider serves now, for a token of this issuer. Nothing is kept, so that a rotated key is
 * known at once. Only loopback is ever asked: an issuer elsewhere needs the provider's `url` in the world.
 *
 * @throws AwsError IDPCommunicationError when nobody answers, InvalidIdentityToken when the answer is no key set of
 * this issuer.
 */
export async function fetchProviderKeys(
  { url = undefined }: Pick<OidcProvider, 'url'>,
  issuer: string,
  fetch: Fetch = globalThis.fetch,
): Promise<KeySet> {
  const base = (url ?? issuer).replace(/\/$/, '');
  const discovery = await get(fetch, `${base}/.well-known/openid-configuration`);
  if (!isJsonObject(discovery) || discovery['issuer'] !== issuer) throw noKeys();
  const address = discovery['jwks_uri'];
  if (typeof address !== 'string') throw noKeys();
  const root = issuer.replace(/\/$/, '');
  const keySet = await get(
    fetch,
    address.startsWith(`${root}/`) ? `${base}${address.slice(root.length)}` : address,
  );
  try {
    return createLocalJWKSet(keySet as JSONWebKeySet);
  } catch {
    throw noKeys();
  }
}

async function get(fetch: Fetch, address: string): Promise<unknown> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || !isLoopbackHost(url.hostname)) throw noKeys();
  try {
    return await fetchJson(fetch, url, limits);
  } catch (error) {
    if (!isUnreachable(error)) throw noKeys();
    throw new AwsError('IDPCommunicationError', 400, 'The identity provider could not be reached');
  }
}

/** `fetch` rejects with a TypeError that has a cause for the connection, and with a TimeoutError for the clock. */
function isUnreachable(error: unknown): boolean {
  const { name, cause } = Object(error) as { readonly name?: unknown; readonly cause?: unknown };
  return name === 'TimeoutError' || (name === 'TypeError' && cause !== undefined);
}

/** AWS's words, its two spaces included. */
const noKeys = (): AwsError =>
  invalidIdentityToken(
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
  );
