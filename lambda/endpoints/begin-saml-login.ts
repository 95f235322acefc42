import { deflateRawSync } from 'node:zlib';
import { toRequestId } from '../core/check-saml-response.ts';
import type { Issuer } from '../core/configuration.ts';
import { findSamlIssuer } from '../core/find-saml-issuer.ts';
import { toSamlAuthnRequest } from '../core/saml-authn-request.ts';
import type { OpenEndpoint } from '../http/endpoint.ts';
import { parseQuery } from '../http/parse-request.ts';
import { type Handoff, toRequestCookie } from '../http/saml-request-cookie.ts';
import { samlLoginQuery } from '../http/saml-schemas.ts';

export interface BeginSamlLoginOptions {
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** The broker's. */
  readonly url: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** `_` and 32 hexadecimal digits, new and random each time. */
  readonly newRequestId: () => string;
}

/** `GET /v1/saml/login`: to the identity provider, with a request that only this browser can have answered. */
export const createBeginSamlLogin =
  ({ issuers, url, now, newRequestId }: BeginSamlLoginOptions): OpenEndpoint =>
  async (request) => {
    const { issuer, port, state } = parseQuery(samlLoginQuery, request.query);
    const { name, singleSignOnUrl } = findSamlIssuer(issuers, issuer);
    const id = toRequestId(newRequestId(), name);
    const authnRequest = toSamlAuthnRequest({ id, url, singleSignOnUrl, nowMs: now() });
    return {
      status: 302,
      headers: {
        Location: toLocation(singleSignOnUrl, authnRequest),
        'Set-Cookie': toRequestCookie({ id, ...toHandoff(port, state) }),
        'Referrer-Policy': 'no-referrer',
      },
      body: '',
    };
  };

const toHandoff = (port: string | undefined, state: string | undefined): { readonly handoff?: Handoff } =>
  port === undefined || state === undefined ? {} : { handoff: { port: Number(port), state } };

/** HTTP-Redirect (SAML 2.0 bindings §3.4.4.1). The URL's own query stays as it is; some servers are reached by it alone. */
function toLocation(singleSignOnUrl: string, authnRequest: string): string {
  const location = new URL(singleSignOnUrl);
  const parameter = `SAMLRequest=${encodeURIComponent(deflateRawSync(authnRequest).toString('base64'))}`;
  location.search = location.search === '' ? parameter : `${location.search}&${parameter}`;
  return location.href;
}
