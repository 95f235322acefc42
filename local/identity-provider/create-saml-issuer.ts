import type { ServerResponse } from 'node:http';
import type { WorldCaller } from '../world.ts';
import { isId, readAuthnRequest, SamlRequestError, toBrokerUrl } from './authn-request.ts';
import { escapeXml } from './escape-xml.ts';
import type { RequestHandler } from './play-issuer.ts';
import { awsAddressee, toBrokerAddressee } from './saml-addressees.ts';
import { toPostPage, toSignInPage } from './saml-pages.ts';
import { createSamlResponse, type SamlIdentity } from './saml-response.ts';

export interface SamlIssuerOptions {
  readonly name: string;
  readonly saml: SamlIdentity;
  readonly callers: ReadonlyMap<string, WorldCaller>;
  readonly now: () => number;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const html = (body: string): Answer => ({ status: 200, type: 'text/html; charset=utf-8', body });
const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body });

/**
 * A SAML identity provider whose users are the demo callers. Nobody has a password: whoever can reach this machine's
 * loopback signs in as whom it likes, and what it gets is good for a broker on the same loopback alone.
 *
 * - `GET /sso`: HTTP-Redirect binding; a page to choose a caller, and with `caller` the form to post
 * - `GET /response`: the same without a browser: the SAMLResponse for `caller` and the broker `url`, as text
 * - `GET /aws`: the AWS application: the SAMLResponse of `caller` for AWS's sign-in, as text
 * - `GET /metadata`
 */
export function createSamlIssuer(options: SamlIssuerOptions): RequestHandler {
  return async (request, response) => {
    request.resume();
    const [, path = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(request.url ?? '') ?? [];
    const route = request.method === 'GET' ? routes[path] : undefined;
    if (route === undefined) {
      return send(response, text(404, `allowed: GET ${Object.keys(routes).join(', ')}\n`));
    }
    send(
      response,
      answerOrRefuse(() => route(new URLSearchParams(query), options)),
    );
  };
}

type Route = (query: URLSearchParams, options: SamlIssuerOptions) => Answer;

const routes: Readonly<Record<string, Route>> = {
  '/sso': signIn,
  '/response': respond,
  '/aws': respondForAws,
  '/metadata': describe,
};

function answerOrRefuse(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof SamlRequestError) return text(400, `${error.message}\n`);
    throw error;
  }
}

function signIn(query: URLSearchParams, options: SamlIssuerOptions): Answer {
  const { id, brokerUrl } = readAuthnRequest(query.get('SAMLRequest') ?? '');
  const name = query.get('caller');
  if (name === null) {
    const links = [...options.callers.keys()].map(
      (caller) => [caller, `?${new URLSearchParams([...query, ['caller', caller]])}`] as const,
    );
    return html(toSignInPage(options.name, new Map(links)));
  }
  const caller = options.callers.get(name);
  if (caller === undefined) return unknownCaller(name, options);
  const addressee = toBrokerAddressee(brokerUrl);
  const response = createSamlResponse({
    saml: options.saml,
    caller,
    addressee,
    inResponseTo: id,
    nowMs: options.now(),
  });
  const relayState = query.get('RelayState');
  const fields = { SAMLResponse: response, ...(relayState === null ? {} : { RelayState: relayState }) };
  return html(toPostPage({ caller: name, action: addressee.acsUrl, fields }));
}

function respond(query: URLSearchParams, options: SamlIssuerOptions): Answer {
  const name = query.get('caller') ?? '';
  const caller = options.callers.get(name);
  if (caller === undefined) return unknownCaller(name, options);
  const addressee = toBrokerAddressee(toBrokerUrl(query.get('url') ?? ''));
  const inResponseTo = query.get('inResponseTo');
  if (inResponseTo !== null && !isId(inResponseTo)) {
    return text(400, 'inResponseTo is not the ID of a request\n');
  }
  const response = createSamlResponse({
    saml: options.saml,
    caller,
    addressee,
    ...(inResponseTo === null ? {} : { inResponseTo }),
    nowMs: options.now(),
  });
  return text(200, response);
}

/** Begun here, as AWS's sign-in takes it. What it opens is the embedded AWS alone: no other knows this key. */
function respondForAws(query: URLSearchParams, { saml, callers, ...options }: SamlIssuerOptions): Answer {
  const name = query.get('caller') ?? '';
  const caller = callers.get(name);
  if (caller === undefined) return unknownCaller(name, { saml, callers, ...options });
  return text(200, createSamlResponse({ saml, caller, addressee: awsAddressee, nowMs: options.now() }));
}

function describe(_query: URLSearchParams, { saml }: SamlIssuerOptions): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeXml(saml.entityId)}">
  <IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing">
      <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${saml.certificate}</X509Certificate></X509Data></KeyInfo>
    </KeyDescriptor>
    <SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${escapeXml(saml.singleSignOnUrl)}"/>
  </IDPSSODescriptor>
</EntityDescriptor>
`;
  return { status: 200, type: 'application/samlmetadata+xml', body };
}

const unknownCaller = (name: string, { callers }: SamlIssuerOptions): Answer =>
  text(404, `there is no caller "${name.slice(0, 64)}" here; allowed: ${[...callers.keys()].join(', ')}\n`);

/** Nothing here runs scripts, and what it signs is nobody's to keep. */
const headers = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { ...headers, 'Content-Type': type }).end(body);
}
