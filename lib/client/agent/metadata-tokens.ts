import { createHmac, randomBytes } from 'node:crypto';
import { isSameSecret } from './secret-token.ts';

/** Session tokens of the metadata service (IMDSv2). */
export interface MetadataTokens {
  create(ttlSeconds: number): string;
  isValid(token: string): boolean;
}

/**
 * They carry their own end and a MAC, so that asking for many fills no memory.
 *
 * @param now epoch milliseconds
 */
export function createMetadataTokens(now: () => number): MetadataTokens {
  const key = randomBytes(32);
  const sign = (claims: string) => createHmac('sha256', key).update(claims).digest('base64url');
  return {
    create: (ttlSeconds) => {
      const claims = `${now() + ttlSeconds * 1000}.${randomBytes(12).toString('base64url')}`;
      return `${claims}.${sign(claims)}`;
    },
    isValid: (token) => {
      const [expiresAt = '', nonce = '', mac = '', ...more] = token.split('.');
      const isOurs = isSameSecret(mac, sign(`${expiresAt}.${nonce}`));
      return isOurs && more.length === 0 && Number(expiresAt) > now();
    },
  };
}
