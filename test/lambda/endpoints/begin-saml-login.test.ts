import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { DOMParser } from '@xmldom/xmldom';
import { anEvent } from '../../support/an-event.ts';
import { aSamlHandler, aSamlIssuer, brokerUrl } from '../../support/saml-handler.ts';
import { anOidcIssuer } from '../../support/tokens.ts';

const login = (query: Readonly<Record<string, readonly string[]>> = {}) =>
  anEvent('beginSamlLogin', { query, authorizer: undefined });

/** The request as the identity provider reads it. */
function readRequest(location: unknown): Element {
  const encoded = new URL(String(location)).searchParams.get('SAMLRequest') ?? '';
  const xml = inflateRawSync(Buffer.from(encoded, 'base64')).toString('utf8');
  const raise = (message: string): never => {
    throw new Error(message);
  };
  const errorHandler = { warning: raise, error: raise, fatalError: raise };
  return new DOMParser({ errorHandler }).parseFromString(xml, 'text/xml').documentElement;
}

const attributesOf = (element: Element) =>
  Object.fromEntries(Array.from(element.attributes).map(({ name, value }) => [name, value]));

describe('GET /v1/saml/login', () => {
  it('sends the browser to the identity provider with a request', async () => {
    const { status, headers } = await get(login());

    expect(status).toBe(302);
    expect(String(headers['Location'])).toMatch(/^https:\/\/idp\.example\/sso\?SAMLRequest=[\w%]+$/);
    const request = readRequest(headers['Location']);
    expect([request.namespaceURI, request.localName]).toEqual([
      'urn:oasis:names:tc:SAML:2.0:protocol',
      'AuthnRequest',
    ]);
    expect(attributesOf(request)).toMatchObject({
      ID: '_0123456789abcdef0123456789abcdef.corp',
      Version: '2.0',
      IssueInstant: '2026-01-01T12:00:00Z',
      Destination: 'https://idp.example/sso',
      AssertionConsumerServiceURL: `${brokerUrl}/v1/saml/acs`,
      ProtocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
    });
    const [issuer, policy, ...more] = Array.from(request.childNodes) as Element[];
    expect(issuer?.textContent).toBe(`${brokerUrl}/v1/saml/metadata`);
    expect(policy?.localName).toBe('NameIDPolicy');
    expect(policy && attributesOf(policy)).toEqual({ AllowCreate: 'true' });
    expect(more).toEqual([]);
  });

  it('keeps the id of the request in a cookie of this host alone', async () => {
    const { headers } = await get(login());

    expect(headers['Set-Cookie']).toBe(
      '__Host-daypass-saml=_0123456789abcdef0123456789abcdef.corp; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=None',
    );
    expect(headers['Cache-Control']).toBe('no-store');
  });

  const state = 'aZ09_-'.repeat(4);
  const handedTo = (port: string, secret = state) => login({ port: [port], state: [secret] });

  it.each([
    ['1024', 'a'.repeat(22)],
    ['65535', 'a'.repeat(64)],
    ['50123', state],
  ])('keeps there, and nowhere else, that port %s may have the token', async (port, secret) => {
    const { status, headers } = await get(handedTo(port, secret));

    expect(status).toBe(302);
    expect(headers['Set-Cookie']).toBe(
      `__Host-daypass-saml=_0123456789abcdef0123456789abcdef.corp.${port}.${secret}; Max-Age=600; Path=/; Secure; HttpOnly; SameSite=None`,
    );
    expect(String(headers['Location'])).toMatch(/^https:\/\/idp\.example\/sso\?SAMLRequest=[\w%]+$/);
    expect(headers['Location']).toBe((await get(login())).headers['Location']);
  });

  it.each([
    ['no port', { state: [state] }, 'query.port'],
    ['no state', { port: ['50123'] }, 'query.state'],
    ['two ports', { port: ['50123', '50124'], state: [state] }, 'query.port'],
    ['two states', { port: ['50123'], state: [state, state] }, 'query.state'],
    ...[
      '',
      '0',
      '80',
      '1023',
      '65536',
      '050123',
      '50123 ',
      '+50123',
      '5e4',
      '0xC3CB',
      '-50123',
      '٥٠١٢٣',
      '50123.0',
    ].map(
      (port) => [`the port ${JSON.stringify(port)}`, { port: [port], state: [state] }, 'query.port'] as const,
    ),
    ...[
      '',
      'a'.repeat(21),
      'a'.repeat(65),
      `${state}=`,
      `${state}+/`,
      `${state}\n`,
      `${state}.50124.b`,
      `${state}; Domain=example.com`,
      `${state}\r\nSet-Cookie: a=b`,
      `${'a'.repeat(22)}"><script>`,
      `${'a'.repeat(22)}é`,
    ].map(
      (secret) =>
        [`the state ${JSON.stringify(secret)}`, { port: ['50123'], state: [secret] }, 'query.state'] as const,
    ),
  ] as const)('is 400 when given %s', async (_what, query, path) => {
    const { status, headers, body } = await get(login(query));

    const { code, errors } = JSON.parse(body);
    expect([status, code]).toEqual([400, 'invalid-request']);
    expect(errors.map((error: { readonly path: string }) => error.path)).toEqual([path]);
    expect(Object.keys(headers)).not.toContain('Set-Cookie');
    expect(`${JSON.stringify(headers)}${body}`).not.toMatch(/script|Domain|a=b/);
  });

  it('takes a new id each time', async () => {
    let count = 0;
    const { handle } = aSamlHandler({ newRequestId: () => `_${String(++count).padStart(32, '0')}` });

    const cookies = [await handle(login()), await handle(login())].map(
      ({ headers }) => headers?.['Set-Cookie'],
    );

    expect(new Set(cookies).size).toBe(2);
  });

  it.each([
    ['https://idp.example/adfs/ls/?wa=1&whr=corp', 'https://idp.example/adfs/ls/?wa=1&whr=corp&SAMLRequest='],
    ['https://idp.example/sso?', 'https://idp.example/sso?SAMLRequest='],
    ['https://idp.example', 'https://idp.example/?SAMLRequest='],
    ['http://127.0.0.1:8081/corp/sso', 'http://127.0.0.1:8081/corp/sso?SAMLRequest='],
  ])('keeps the query of %s', async (singleSignOnUrl, start) => {
    const { headers } = await get(login(), { issuers: [aSamlIssuer({ singleSignOnUrl })] });

    expect(String(headers['Location']).startsWith(start)).toBe(true);
    expect(readRequest(headers['Location']).getAttribute('Destination')).toBe(singleSignOnUrl);
  });

  it('writes no markup of an address into the request, and no line into a header', async () => {
    const singleSignOnUrl = 'https://idp.example/sso?a="><x/>&b=\'&c=d\r\nSet-Cookie: e=f';
    const url = 'https://daypass.example.com/<&"\'';

    const { headers } = await get(login(), { issuers: [aSamlIssuer({ singleSignOnUrl })], url });

    expect(String(headers['Location'])).not.toMatch(/[\r\n<>"' ]/);
    const request = readRequest(headers['Location']);
    expect(request.getAttribute('AssertionConsumerServiceURL')).toBe(`${url}/v1/saml/acs`);
    expect(request.childNodes).toHaveLength(2);
    expect(request.firstChild?.textContent).toBe(`${url}/v1/saml/metadata`);
  });

  const corp = aSamlIssuer();
  const partners = aSamlIssuer({ name: 'partners', singleSignOnUrl: 'https://partners.example/sso' });

  it.each([
    ['the one named', { issuer: ['partners'] }, [corp, partners], 'https://partners.example'],
    ['the only one, unnamed', {}, [anOidcIssuer(), corp], 'https://idp.example'],
    ['the only one, named', { issuer: ['corp'] }, [corp], 'https://idp.example'],
  ] as const)('signs in with %s', async (_what, query, issuers, origin) => {
    const { headers } = await get(login(query), { issuers });

    expect(new URL(String(headers['Location'])).origin).toBe(origin);
  });

  it.each([
    ['an unknown name', { issuer: ['nobody'] }, [corp, partners], ['corp', 'partners']],
    ['the name of an issuer of another type', { issuer: ['idp'] }, [corp, anOidcIssuer()], ['corp']],
    ['another case', { issuer: ['Corp'] }, [corp], ['corp']],
    ['an empty name', { issuer: [''] }, [corp], ['corp']],
    ['no name where there are two', {}, [corp, partners], ['corp', 'partners']],
    ['no name where there is none', {}, [anOidcIssuer()], []],
    ['a member of every object', { issuer: ['__proto__'] }, [corp], ['corp']],
    ['a line end', { issuer: ['corp\r\nSet-Cookie: a=b'] }, [corp], ['corp']],
    ['markup', { issuer: ['"><script>alert(1)</script>'] }, [corp], ['corp']],
  ] as const)('is 404 and names those there are when given %s', async (_what, query, issuers, names) => {
    const { status, headers, body } = await get(login(query), { issuers });

    expect(status).toBe(404);
    expect(JSON.parse(body)).toMatchObject({ code: 'saml-issuer-not-found', issuers: names });
    expect(Object.keys(headers)).not.toContain('Set-Cookie');
    expect(Object.keys(headers)).not.toContain('Location');
    expect(`${JSON.stringify(headers)}${body}`).not.toMatch(/script|a=b|nobody|__proto__/);
  });

  it.each([
    ['two issuers', { issuer: ['corp', 'corp'] }],
    ['an address to go to', { issuer: ['corp'], RelayState: ['https://evil.example'] }],
    ['a forced destination', { destination: ['https://evil.example'] }],
  ])('is 400 when given %s', async (_what, query) => {
    const { status, headers, body } = await get(login(query));

    expect([status, JSON.parse(body).code]).toEqual([400, 'invalid-request']);
    expect(headers['Location']).toBeUndefined();
  });

  it('looks at no header of the request', async () => {
    const headers = {
      Host: ['evil.example'],
      'X-Forwarded-Host': ['evil.example'],
      Origin: ['https://evil.example'],
    };

    const answer = await get(anEvent('beginSamlLogin', { headers, authorizer: undefined }));

    expect(answer).toEqual(await get(login()));
  });
});

async function get(event: ReturnType<typeof login>, options: Parameters<typeof aSamlHandler>[0] = {}) {
  const { statusCode, headers = {}, body } = await aSamlHandler(options).handle(event);
  return { status: statusCode, headers, body };
}
