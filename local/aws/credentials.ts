import { createHmac, randomBytes } from 'node:crypto';
import { toBase32 } from './base32.ts';
import type { DataKey } from './data-key.ts';
import { type Session, sealSession } from './sealed-session.ts';

/** Temporary credentials in STS's own names. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

export type NewSession = Omit<Session, 'accessKeyId' | 'issuedAtSeconds' | 'expiresAtSeconds'>;

/** Makes the credentials of a new session. Nothing is kept: they are recognised by what the token holds. */
export function mintCredentials(
  session: NewSession,
  { key, nowMs, durationSeconds }: { key: DataKey; nowMs: number; durationSeconds: number },
): Credentials {
  const accessKeyId = `ASIA${toBase32(randomBytes(10))}`;
  const issuedAtSeconds = Math.floor(nowMs / 1000);
  const expiresAtSeconds = issuedAtSeconds + durationSeconds;
  return {
    accessKeyId,
    secretAccessKey: toSecretAccessKey(accessKeyId, key),
    sessionToken: sealSession({ ...session, accessKeyId, issuedAtSeconds, expiresAtSeconds }, key.tokens),
    expiration: new Date(expiresAtSeconds * 1000),
  };
}

/** 40 characters, as AWS's are. */
export function toSecretAccessKey(accessKeyId: string, key: DataKey): string {
  return createHmac('sha256', key.secrets).update(accessKeyId).digest().subarray(0, 30).toString('base64');
}
