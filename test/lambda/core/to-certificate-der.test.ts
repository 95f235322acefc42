import { Buffer } from 'node:buffer';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { toCertificateDer } from '../../../lambda/core/to-certificate-der.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { aSamlKey } from '../../support/saml-keys.ts';

const { certificate, privateKey } = aSamlKey('P-256');
const lines = certificate.replace(/.{64}/g, '$&\n');
const pem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  type: 'spki',
  format: 'pem',
});
const privateDer = privateKey.export({ type: 'pkcs8', format: 'der' });
const toBase64 = (...bytes: readonly (string | Buffer)[]) =>
  Buffer.concat(bytes.map((one) => Buffer.from(one))).toString('base64');

const refused: readonly (readonly [string, string])[] = [
  ['a private key before a certificate', privatePem + pem],
  ['a private key behind a certificate', pem + privatePem],
  ['two certificates', pem + pem],
  ['a private key in the armour of a certificate', privatePem.replaceAll('PRIVATE KEY', 'CERTIFICATE')],
  ['a certificate in the armour of a private key', pem.replaceAll('CERTIFICATE', 'PRIVATE KEY')],
  ['a private key alone', privatePem],
  ['a public key', publicPem.toString()],
  ['words before the armour', `mine ${pem}`],
  ['base64 before the armour', certificate + pem],
  ['base64 behind the armour', pem + certificate],
  ['no end of the armour', pem.replace(/-----END.*/, '')],
  ['two ends of the armour', pem.replace(/-----END.*/, '$&\n$&')],
  ['a header within the armour', pem.replace('\n', '\nComment: mine\n')],
  [
    'a private key behind the certificate, in one base64',
    toBase64(Buffer.from(certificate, 'base64'), privateDer),
  ],
  ['a private key and a certificate, in one base64 of PEM', toBase64(privatePem, pem)],
  ['two base64 texts', `${certificate}\n${certificate}`],
  ['base64 of one byte more', toBase64(Buffer.from(certificate, 'base64'), Buffer.alloc(1))],
  ['base64 of one byte less', toBase64(Buffer.from(certificate, 'base64').subarray(0, -1))],
  ['base64url', certificate.replaceAll('+', '-').replaceAll('/', '_').concat('_')],
  ['nothing', ''],
];

describe('toCertificateDer', () => {
  it.each([
    ['base64 alone', certificate],
    ['base64 in lines', lines],
    ['PEM', pem],
    ['PEM in one line', `-----BEGIN CERTIFICATE-----${certificate}-----END CERTIFICATE-----`],
    ['PEM with carriage returns and space around it', ` \r\n${pem.replaceAll('\n', '\r\n')} `],
  ])('gives the DER in base64, of %s', (_what, text) => {
    expect(toCertificateDer(text)).toBe(certificate);
  });

  it.each(refused)('gives nothing of %s', (_what, text) => {
    expect(toCertificateDer(text)).toBeUndefined();
  });

  it.each(refused)('has a configuration refused that shows nothing of %s', (_what, text) => {
    const corp = {
      type: 'saml',
      entityId: 'x',
      singleSignOnUrl: 'https://idp.example',
      certificates: [text],
    };
    const parse = () => parseConfiguration(aConfigurationDocument({ issuers: { corp }, profiles: {} }));

    expect(parse).toThrow(/corp.certificates\[0\]/);
    try {
      parse();
    } catch (error) {
      const secret = privateDer.toString('base64').slice(0, 40);
      expect(JSON.stringify([String(error), error])).not.toContain(secret);
      expect(JSON.stringify([String(error), error])).not.toContain(certificate.slice(0, 40));
    }
  });
});
