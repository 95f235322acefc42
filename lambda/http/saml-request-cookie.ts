/** To whom a token goes that somebody signed in for at a terminal of the same machine. */
export interface Handoff {
  /** 1024–65535, at which that terminal listens on 127.0.0.1. */
  readonly port: number;
  /** The terminal's own secret, 22–64 characters of base64url. */
  readonly state: string;
}

/** What a browser was sent away with. */
export interface SamlRequest {
  readonly id: string;
  readonly handoff?: Handoff;
}

/**
 * Binds a response to the browser that asked for it: holds the id of the AuthnRequest, and where its token may be handed
 * to. `__Host-` keeps other hosts of the domain from setting it; SameSite=None because the identity provider's page posts
 * across sites.
 */
const cookieName = '__Host-daypass-saml';
const attributes = 'Path=/; Secure; HttpOnly; SameSite=None';

/** Seconds that somebody has to sign in. */
const maxAgeSeconds = 600;

export function toRequestCookie({ id, handoff }: SamlRequest): string {
  const value = handoff === undefined ? id : `${id}.${handoff.port}.${handoff.state}`;
  return `${cookieName}=${value}; Max-Age=${maxAgeSeconds}; ${attributes}`;
}

/** An answered request is not answered again. */
export const spentRequestCookie = `${cookieName}=; Max-Age=0; ${attributes}`;

/** `undefined` where the browser asked for nothing; so for anything that no request of ours is called. */
export function readRequest(cookies: ReadonlyMap<string, string>): SamlRequest | undefined {
  const [, id, port, state] =
    /^(_[0-9a-f]{32}\.[a-z][a-z0-9-]{0,23})(?:\.(\d{4,5})\.([\w-]{22,64}))?$/.exec(
      cookies.get(cookieName) ?? '',
    ) ?? [];
  if (id === undefined) return undefined;
  if (port === undefined || state === undefined) return { id };
  return isHandoffPort(port) ? { id, handoff: { port: Number(port), state } } : undefined;
}

/** A port that needs no privilege, in digits alone. */
export const isHandoffPort = (port: string): boolean =>
  /^[1-9]\d{3,4}$/.test(port) && Number(port) >= 1024 && Number(port) <= 65_535;
