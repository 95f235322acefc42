import { createHmac } from 'node:crypto';
import { toAccessKeyId } from './access-key-id.ts';
import type { DataKey } from './data-key.ts';
import { type Session, sealSession } from './sealed-session.ts';

/** Temporary credentials in STS's own names. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Of each kind of session, what isn't made here. */
export type NewSession = Session extends infer Kind
  ? Kind extends Session
    ? Omit<Kind, 'accessKeyId' | 'issuedAtSeconds' | 'expiresAtSeconds'>
    : never
  : never;

/** Makes the credentials of a new session. Nothing is kept: they are recognised by what the token holds. */
export function mintCredentials(
  session: NewSession,
  { key, nowMs, durationSeconds }: { key: DataKey; nowMs: number; durationSeconds: number },
): Credentials {
  const accessKeyId = toAccessKeyId('ASIA', accountOf(session));
  const issuedAtSeconds = Math.floor(nowMs / 1000);
  const expiresAtSeconds = issuedAtSeconds + durationSeconds;
  return {
    accessKeyId,
    secretAccessKey: toSecretAccessKey(accessKeyId, key),
    sessionToken: sealSession({ ...session, accessKeyId, issuedAtSeconds, expiresAtSeconds }, key.tokens),
    expiration: new Date(expiresAtSeconds * 1000),
  };
}

function accountOf(session: NewSession): string {
  if (session.type === 'root') return session.accountId;
  return (session.type === 'role' ? session.roleArn : session.userArn).split(':')[4] ?? '';
}

/** 40 characters, as AWS's are. */
export function toSecretAccessKey(accessKeyId: string, key: DataKey): string {
  return createHmac('sha256', key.secrets).update(accessKeyId).digest().subarray(0, 30).toString('base64');
}
