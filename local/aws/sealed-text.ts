import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

/** What a sealed text is for. One that was sealed for something else doesn't open. */
export type SealPurpose = 'secrets' | 'sign-in token';

/** AES-256-GCM over the text; base64url of nonce, ciphertext and tag. */
export function sealText(text: string, key: Buffer, purpose: SealPurpose): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return sealed.toString('base64url');
}

/** The text, or `undefined` for whatever was not sealed with this key for this purpose. */
export function unsealText(sealed: string, key: Buffer, purpose: SealPurpose): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  // Buffer skips what isn't base64url: without this, many texts would be one.
  if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== sealed) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes));
  decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(-tagBytes));
  try {
    const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
