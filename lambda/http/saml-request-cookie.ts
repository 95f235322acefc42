/**
 * Binds a response to the browser that asked for it: holds the id of the AuthnRequest. `__Host-` keeps other hosts of
 * the domain from setting it; SameSite=None because the identity provider's page posts across sites.
 */
const cookieName = '__Host-daypass-saml';
const attributes = 'Path=/; Secure; HttpOnly; SameSite=None';

/** Seconds that somebody has to sign in. */
const maxAgeSeconds = 600;

export const toRequestCookie = (requestId: string): string =>
  `${cookieName}=${requestId}; Max-Age=${maxAgeSeconds}; ${attributes}`;

/** An answered request is not answered again. */
export const spentRequestCookie = `${cookieName}=; Max-Age=0; ${attributes}`;

/** `undefined` where the browser asked for nothing; so for anything that no request of ours is called. */
export function readRequestId(cookies: ReadonlyMap<string, string>): string | undefined {
  const value = cookies.get(cookieName);
  return value !== undefined && /^_[0-9a-f]{32}\.[a-z][a-z0-9-]{0,23}$/.test(value) ? value : undefined;
}
