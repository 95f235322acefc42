import { X509Certificate } from 'node:crypto';

const pem = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/;
const base64Alone = /^([A-Za-z0-9+/=\s]+)$/;

/**
 * A certificate's DER in base64 without line ends, of its PEM or of that base64. `undefined` for anything that holds
 * more or other than one certificate: what stands beside it would be deployed with it, and could be its private key.
 */
export function toCertificateDer(text: string): string | undefined {
  const [, base64] = pem.exec(text) ?? base64Alone.exec(text) ?? [];
  const der = base64?.replaceAll(/\s/g, '');
  return der !== undefined && isCertificate(der) ? der : undefined;
}

/** The parser also takes PEM for bytes, and reads no further than the certificate's end. */
function isCertificate(der: string): boolean {
  const bytes = Buffer.from(der, 'base64');
  try {
    return bytes.toString('base64') === der && new X509Certificate(bytes).raw.equals(bytes);
  } catch {
    return false;
  }
}
