import { X509Certificate } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import type { IdentityProvider } from '../../../local/identity-provider/identity-provider.ts';
import { startTestIdentityProvider } from '../../support/an-identity-provider.ts';
import { readForm } from '../../support/read-form.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const broker = 'http://127.0.0.1:8080';
let provider: IdentityProvider;
let adfs: string;

beforeAll(async () => {
  provider = await startTestIdentityProvider({ now: () => nowMs });
  adfs = `${provider.url}/adfs`;
});

afterAll(() => provider.close());

interface Change {
  readonly edit?: (xml: string) => string;
  readonly id?: string;
  readonly issuer?: string;
  readonly acs?: string;
}

function aRequest({ id = '_request-1', issuer = `${broker}/v1/saml/metadata`, acs, edit }: Change = {}) {
  const acsAttribute = acs === undefined ? '' : ` AssertionConsumerServiceURL="${acs}"`;
  const request = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0"${acsAttribute}><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer></samlp:AuthnRequest>`;
  return deflateRawSync(edit?.(request) ?? request).toString('base64');
}

const get = (path: string, query: Readonly<Record<string, string>>) =>
  fetch(`${adfs}${path}?${new URLSearchParams(query)}`);

const respond = (query: Readonly<Record<string, string>> = {}) =>
  get('/response', { caller: 'analyst', url: broker, ...query });

const parse = (xml: string) => new DOMParser().parseFromString(xml, 'text/xml');
const decode = (base64: string) => Buffer.from(base64, 'base64').toString();
const first = (xml: string, name: string) => parse(xml).getElementsByTagNameNS('*', name)[0];

function verify(xml: string): string {
  const [certificate = ''] = Object(provider.settings.get('adfs')).certificates;
  const { publicKey } = new X509Certificate(Buffer.from(certificate, 'base64'));
  const signature = first(xml, 'Signature');
  if (signature === undefined) throw new Error('the response has no signature');
  const signed = new SignedXml({
    publicCert: publicKey.export({ type: 'spki', format: 'pem' }),
    getCertFromKeyInfo: () => null,
  });
  signed.loadSignature(signature);
  if (!signed.checkSignature(xml)) throw new Error('the signature does not hold');
  return signed.getSignedReferences()[0] ?? '';
}

describe('GET /response', () => {
  it("signs an assertion with the caller's attributes for that broker alone", async () => {
    const xml = decode(await (await respond()).text());

    const assertion = verify(xml);

    const value = (name: string) => first(assertion, name)?.textContent;
    const attribute = (element: string, name: string) => first(assertion, element)?.getAttribute(name);
    expect(value('Issuer')).toBe(`${adfs}/metadata`);
    expect(value('NameID')).toBe('analyst@example.com');
    expect(value('Audience')).toBe(`${broker}/v1/saml/metadata`);
    expect(value('AuthnContextClassRef')).toBe('http://schemas.microsoft.com/claims/multipleauthn');
    expect(attribute('AuthnStatement', 'AuthnInstant')).toBe('2026-11-21T12:00:00.000Z');
    expect(attribute('SubjectConfirmationData', 'Recipient')).toBe(`${broker}/v1/saml/acs`);
    expect(attribute('SubjectConfirmationData', 'NotOnOrAfter')).toBe('2026-11-21T12:05:00.000Z');
    expect(attribute('SubjectConfirmationData', 'InResponseTo')).toBeFalsy();
    const attributes = Array.from(parse(assertion).getElementsByTagNameNS('*', 'Attribute'));
    expect(attributes.map((one) => [one.getAttribute('Name'), one.textContent])).toEqual([
      ['http://schemas.xmlsoap.org/claims/Group', 'analysts'],
      ['https://example.com/claims/team', 'payments'],
    ]);
    expect(first(xml, 'Response')?.getAttribute('Destination')).toBe(`${broker}/v1/saml/acs`);
  });

  it('gives each assertion an id of its own', async () => {
    const ids = [await respond(), await respond()].map(async (answer) =>
      first(decode(await answer.text()), 'Assertion')?.getAttribute('ID'),
    );

    expect(new Set(await Promise.all(ids)).size).toBe(2);
  });

  it('answers a request where it is told to', async () => {
    const xml = decode(await (await respond({ inResponseTo: '_abc' })).text());

    expect(first(xml, 'Response')?.getAttribute('InResponseTo')).toBe('_abc');
    expect(first(verify(xml), 'SubjectConfirmationData')?.getAttribute('InResponseTo')).toBe('_abc');
  });

  it.each([
    ['an unknown caller', { caller: 'nobody' }, 404, 'allowed: analyst'],
    ['a caller of another issuer', { caller: 'sre' }, 404, 'allowed: analyst'],
    ['a name that every object has', { caller: 'constructor' }, 404, 'allowed: analyst'],
    ['a broker on another machine', { url: 'https://daypass.example.com' }, 400, 'http://127.0.0.1:8080'],
    [
      'a host that only begins like loopback',
      { url: 'http://127.0.0.1.example.com' },
      400,
      'on this machine',
    ],
    ['credentials in the address', { url: 'http://127.0.0.1@example.com' }, 400, 'on this machine'],
    ['a query in the address', { url: 'http://127.0.0.1:8080?x' }, 400, 'on this machine'],
    ['an id that is none', { inResponseTo: '"><x' }, 400, 'not the ID of a request'],
  ])('refuses %s', async (_name, query, status, text) => {
    const answer = await respond(query);

    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(text);
  });
});

describe('GET /sso', () => {
  it('lets the browser choose a caller, and keeps request and RelayState', async () => {
    const query = { SAMLRequest: aRequest(), RelayState: 'a&b"' };

    const html = await (await get('/sso', query)).text();

    const [, href = ''] = /<a href="([^"]*)">analyst<\/a>/.exec(html) ?? [];
    const link = new URLSearchParams(href.replaceAll('&#38;', '&').slice(1));
    expect(Object.fromEntries(link)).toEqual({ ...query, caller: 'analyst' });
    expect(html).not.toContain('<script');
  });

  it("posts a response to the request at the broker's own address", async () => {
    const query = { SAMLRequest: aRequest(), RelayState: 'state', caller: 'analyst' };

    const answer = await get('/sso', query);

    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { action, fields } = readForm(await answer.text());
    expect(action).toBe(`${broker}/v1/saml/acs`);
    expect(fields['RelayState']).toBe('state');
    const assertion = verify(decode(fields['SAMLResponse'] ?? ''));
    expect(first(assertion, 'SubjectConfirmationData')?.getAttribute('InResponseTo')).toBe('_request-1');
    expect(first(assertion, 'Audience')?.textContent).toBe(`${broker}/v1/saml/metadata`);
  });

  it('keeps what it was sent out of the markup', async () => {
    const relayState = `"><script>alert('x')</script>`;

    const answer = await get('/sso', { SAMLRequest: aRequest(), RelayState: relayState, caller: 'analyst' });

    const html = await answer.text();
    expect(html).not.toContain('<script');
    expect(readForm(html).fields['RelayState']).toBe(relayState);
  });

  it.each([
    ['is missing', ''],
    ['is no base64 of anything deflated', 'AAAA'],
    ['inflates to more than 64 KiB', aRequest({ edit: (xml) => xml + ' '.repeat(70_000) })],
    ['is not XML', aRequest({ edit: () => 'hello' })],
    ['is another message', aRequest({ edit: (xml) => xml.replaceAll('AuthnRequest', 'LogoutRequest') })],
    ['has a DOCTYPE', aRequest({ edit: (xml) => `<!DOCTYPE x>${xml}` })],
    ['has no id', aRequest({ id: '' })],
    [
      'is of a broker on another machine',
      aRequest({ issuer: 'https://daypass.example.com/v1/saml/metadata' }),
    ],
    ['has an issuer that is no broker', aRequest({ issuer: 'http://127.0.0.1:8080/other' })],
    ['wants its answer elsewhere', aRequest({ acs: 'https://evil.example/v1/saml/acs' })],
    ['wants its answer at another port', aRequest({ acs: 'http://127.0.0.1:8081/v1/saml/acs' })],
  ])('refuses a request that %s', async (_name, SAMLRequest) => {
    const answer = await get('/sso', { SAMLRequest, caller: 'analyst' });

    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('SAMLResponse');
  });

  it('names the callers when there is no such one', async () => {
    const answer = await get('/sso', { SAMLRequest: aRequest(), caller: 'sre' });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('allowed: analyst');
  });
});

describe('GET /metadata', () => {
  it('has the entity id, address and certificate that the settings have', async () => {
    const answer = await fetch(`${adfs}/metadata`);

    const xml = await answer.text();
    expect(answer.headers.get('content-type')).toBe('application/samlmetadata+xml');
    expect(provider.settings.get('adfs')).toEqual({
      entityId: first(xml, 'EntityDescriptor')?.getAttribute('entityID'),
      singleSignOnUrl: first(xml, 'SingleSignOnService')?.getAttribute('Location'),
      certificates: [first(xml, 'X509Certificate')?.textContent],
      metadataFile: undefined,
    });
  });
});

describe('the AWS application', () => {
  const textOf = async (answer: Promise<Response>) =>
    Buffer.from(await (await answer).text(), 'base64').toString();

  it("answers for AWS's sign-in, with what AWS reads and nothing else", async () => {
    const xml = await textOf(get('/aws', { caller: 'analyst' }));

    expect(xml).toContain('Destination="https://signin.aws.amazon.com/saml"');
    expect(xml).toContain('Recipient="https://signin.aws.amazon.com/saml"');
    expect(xml).toContain('<saml:Audience>urn:amazon:webservices</saml:Audience>');
    expect(xml).toContain('https://aws.amazon.com/SAML/Attributes/RoleSessionName');
    expect(xml).not.toContain('xmlsoap.org/claims/Group');
    expect(xml).not.toContain('127.0.0.1:8080');
  });

  it('has its attributes in no response for a broker', async () => {
    expect(await textOf(respond())).not.toContain('aws.amazon.com');
  });

  it('knows its own callers alone', async () => {
    expect((await get('/aws', { caller: 'sre' })).status).toBe(404);
  });
});

describe('another path or method', () => {
  it.each([
    ['GET', '/'],
    ['GET', '//'],
    ['GET', '/constructor'],
    ['POST', '/sso'],
  ])('%s %s is 404 and names what there is', async (method, path) => {
    const answer = await fetch(`${adfs}${path}`, { method });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('allowed: GET /sso, /response, /aws, /metadata');
  });
});
