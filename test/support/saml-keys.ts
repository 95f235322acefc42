import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createSelfSignedCertificate } from '../../local/identity-provider/self-signed-certificate.ts';
import { nowMs } from './tokens.ts';

/** What an identity provider signs with. */
export interface SamlKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** DER in base64. */
  readonly certificate: string;
}

const dayMs = 86_400_000;

/** A new key with a certificate that is good for a year around the frozen time. */
export function aSamlKey(
  type: 'rsa' | 'P-256' | 'P-384' = 'rsa',
  days: { readonly from?: number; readonly to?: number } = {},
): SamlKey {
  const pair =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: type });
  return { ...pair, certificate: aCertificate(pair, days) };
}

/** Another certificate of the same key. @param days from now */
export const aCertificate = (
  pair: Pick<SamlKey, 'privateKey' | 'publicKey'>,
  { from = -180, to = 180 }: { readonly from?: number; readonly to?: number } = {},
): string =>
  createSelfSignedCertificate(pair, 'idp.example', {
    notBefore: new Date(nowMs + from * dayMs),
    notAfter: new Date(nowMs + to * dayMs),
  });
