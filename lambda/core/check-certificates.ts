import { X509Certificate } from 'node:crypto';
import { rsaModulusBits } from './check-jwks.ts';
import type { Report } from './compile-statements.ts';
import { toCertificateDer } from './to-certificate-der.ts';

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

const allowed = `one X.509 certificate, in PEM or its base64 alone, and nothing beside it, with an RSA key of ${rsaModulusBits.min}–${rsaModulusBits.max} bits or an EC key of P-256, P-384 or P-521`;

/** Checks certificates as far as a shape cannot. Whether they have expired is asked when they are used. */
export function checkCertificates(certificates: readonly string[] | undefined, report: Report): void {
  for (const [index, certificate] of (certificates ?? []).entries()) {
    if (!isStrongCertificate(certificate)) {
      report({ path: ['certificates', index], value: `certificate ${index}`, allowed });
    }
  }
}

function isStrongCertificate(text: string): boolean {
  const der = toCertificateDer(text);
  if (der === undefined) return false;
  try {
    const { asymmetricKeyType, asymmetricKeyDetails = {} } = new X509Certificate(Buffer.from(der, 'base64'))
      .publicKey;
    const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails;
    if (asymmetricKeyType === 'ec') return curves.includes(namedCurve);
    return (
      asymmetricKeyType === 'rsa' &&
      modulusLength >= rsaModulusBits.min &&
      modulusLength <= rsaModulusBits.max
    );
  } catch {
    return false;
  }
}
