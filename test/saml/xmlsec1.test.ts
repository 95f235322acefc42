import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSamlResponseVerifier } from '../../lambda/adapters/saml-response-verifier.ts';
import { aSamlKey, type SamlKey } from '../support/saml-keys.ts';
import { assertionRefusalOf } from '../support/saml-refusals.ts';
import { aSamlIssuer, aSamlResponse } from '../support/saml-response.ts';
import { algorithms, digestWith, ecdsaWith, rsaWith, signSaml } from '../support/saml-signing.ts';
import { nowMs } from '../support/tokens.ts';

/** Debian's, of libxml2 and OpenSSL: no line of it is shared with the libraries that verify. */
const xmlsec1 = '/usr/bin/xmlsec1';

const rsa = aSamlKey();
const ec = aSamlKey('P-256');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'daypass-saml-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Template {
  readonly over?: 'Assertion' | 'Response';
  readonly signature?: string;
  readonly digest?: string;
  /** PrefixList of both canonicalizations. */
  readonly prefixes?: string;
}

/** A signature to be filled in, behind the Issuer of the element. */
function withTemplate(xml: string, template: Template = {}): string {
  const { over = 'Assertion', signature = rsaWith('sha256'), digest = digestWith('sha256') } = template;
  const { prefixes } = template;
  const id = new RegExp(`[<:]${over} [^>]*?ID="([^"]+)"`).exec(xml)?.[1];
  const parameter =
    prefixes === undefined
      ? ''
      : `<ec:InclusiveNamespaces xmlns:ec="${algorithms.exclusive}" PrefixList="${prefixes}"/>`;
  const text = `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
    <CanonicalizationMethod Algorithm="${algorithms.exclusive}">${parameter}</CanonicalizationMethod>
    <SignatureMethod Algorithm="${signature}"/>
    <Reference URI="#${id}"><Transforms><Transform Algorithm="${algorithms.enveloped}"/>
      <Transform Algorithm="${algorithms.exclusive}">${parameter}</Transform></Transforms>
      <DigestMethod Algorithm="${digest}"/><DigestValue/></Reference>
    </SignedInfo><SignatureValue/><KeyInfo/></Signature>`;
  return xml.replace(new RegExp(`([<:]${over} .*?Issuer>.*?Issuer>)`, 's'), `$1${text}`);
}

async function signByXmlsec(xml: string, key: SamlKey = rsa): Promise<string> {
  const [input, output, pem] = ['in.xml', 'out.xml', 'key.pem'].map((name) => join(folder, name));
  if (input === undefined || output === undefined || pem === undefined) throw new TypeError('three names');
  writeFileSync(input, xml);
  writeFileSync(pem, key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const ids = ['--id-attr:ID', 'Assertion', '--id-attr:ID', 'Response'];
  await promisify(execFile)(xmlsec1, ['--sign', '--privkey-pem', pem, ...ids, '--output', output, input]);
  return readFileSync(output, 'utf8');
}

async function isGoodToXmlsec(xml: string, key: SamlKey = rsa): Promise<boolean> {
  const [input, pem] = [join(folder, 'check.xml'), join(folder, 'public.pem')];
  writeFileSync(input, xml);
  writeFileSync(pem, key.publicKey.export({ type: 'spki', format: 'pem' }));
  const ids = ['--id-attr:ID', 'Assertion', '--id-attr:ID', 'Response'];
  return promisify(execFile)(xmlsec1, ['--verify', '--pubkey-pem', pem, ...ids, input]).then(
    () => true,
    () => false,
  );
}

const verify = (xml: string, { certificate }: SamlKey = rsa) =>
  createSamlResponseVerifier({
    issuers: new Map([['adfs', aSamlIssuer([certificate])]]),
    now: () => nowMs,
  }).verify(xml);

const strange = `<saml:Attribute xmlns:b="urn:b" xmlns:a="urn:a" b:y="2" a:x='1 "&#9;&#10;&amp;' Name="groups"><saml:AttributeValue>Zo\u00eb\r\n &gt; &#13; \u{1f511}</saml:AttributeValue></saml:Attribute>`;

const withDefaultNamespaces = (xml: string) =>
  xml
    .replaceAll('saml:', '')
    .replace('<Issuer>', '<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">')
    .replace('<Assertion ', '<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ');

describe('a response that xmlsec1 signed', () => {
  it.each<[string, string, Template]>([
    ['an assertion', aSamlResponse(), {}],
    ['a response', aSamlResponse(), { over: 'Response' }],
    ['inclusive prefixes', aSamlResponse(), { prefixes: 'xs xsi saml samlp' }],
    ['RSA and SHA-384', aSamlResponse(), { signature: rsaWith('sha384'), digest: digestWith('sha384') }],
    ['RSA and SHA-512', aSamlResponse(), { signature: rsaWith('sha512'), digest: digestWith('sha512') }],
    ['line feeds between elements', aSamlResponse().replaceAll('><', '>\n  <'), {}],
    [
      'unsorted namespaces and attributes, and characters that are escaped',
      aSamlResponse().replace(/<saml:Attribute Name="groups".*?<\/saml:Attribute>/, strange),
      {},
    ],
    ['default namespaces', withDefaultNamespaces(aSamlResponse()), {}],
  ])('proves its subject: %s', async (_, xml, template) => {
    const signed = await signByXmlsec(withTemplate(xml, template));

    expect(verify(signed).response.assertion.nameId?.value).toBe('alice@example.com');
  });

  it('proves its subject: ECDSA on P-256', async () => {
    const xml = withTemplate(aSamlResponse(), { signature: ecdsaWith('sha256') });

    expect(verify(await signByXmlsec(xml, ec), ec).issuer.name).toBe('adfs');
  });

  it('proves its subject: assertion and response', async () => {
    const assertion = await signByXmlsec(withTemplate(aSamlResponse()));
    const both = signSaml(assertion, rsa, { over: 'Response' });

    expect(verify(both).response.assertion.nameId?.value).toBe('alice@example.com');
  });

  it('is refused when its key is not the issuer’s', async () => {
    const signed = await signByXmlsec(withTemplate(aSamlResponse()), aSamlKey());

    expect(await assertionRefusalOf(() => verify(signed))).toBe('signature');
  });

  it('is refused when its subject is altered', async () => {
    const signed = (await signByXmlsec(withTemplate(aSamlResponse()))).replace('alice@', 'mallory@');

    expect(await assertionRefusalOf(() => verify(signed))).toBe('signature');
  });

  it('is refused when its prefixes have no end', async () => {
    const xml = withTemplate(aSamlResponse(), { prefixes: 'saml '.repeat(100) });

    expect(await assertionRefusalOf(async () => verify(await signByXmlsec(xml)))).toBe('signature');
  });

  it('is refused when it is made with SHA-1', async () => {
    const xml = withTemplate(aSamlResponse(), { signature: algorithms.rsaSha1 });

    // Some builds do not sign with SHA-1 any more: then the name alone is put in.
    const signed = await signByXmlsec(xml).catch(async () =>
      (await signByXmlsec(withTemplate(aSamlResponse()))).replace(rsaWith('sha256'), algorithms.rsaSha1),
    );

    expect(await assertionRefusalOf(() => verify(signed))).toBe('algorithm');
  });
});

describe('what the tests sign', () => {
  it('is good to xmlsec1, and bad to it when it is altered', async () => {
    const signed = signSaml(aSamlResponse(), rsa);

    expect(await isGoodToXmlsec(signed)).toBe(true);
    expect(await isGoodToXmlsec(signed.replace('alice@', 'mallory@'))).toBe(false);
  });
});
