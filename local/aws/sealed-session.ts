import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';

const credentials = {
  accessKeyId: z.string(),
  issuedAtSeconds: z.int(),
  expiresAtSeconds: z.int(),
};

const narrowed = {
  /** Those of the role or the user aren't in here: they can change while the session lives. */
  tags: z.record(z.string(), z.string()),
  /** As passed: an inline policy's text. */
  policy: z.string().optional(),
  policyArns: z.array(z.string()),
};

const roleSession = z.strictObject({
  type: z.literal('role'),
  ...credentials,
  ...narrowed,
  roleArn: z.string(),
  sessionName: z.string(),
  transitiveTagKeys: z.array(z.string()),
  sourceIdentity: z.string().optional(),
  /** Whether it was got with temporary credentials: the console then takes no SessionDuration. Absent: no. */
  chained: z.boolean().optional(),
  /** Of AssumeRoleWithWebIdentity and AssumeRoleWithSAML. The provider's condition keys stay with the session. */
  federation: z
    .strictObject({
      providerArn: z.string(),
      context: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    })
    .optional(),
});

/** Of GetFederationToken. */
const federatedSession = z.strictObject({
  type: z.literal('federated-user'),
  ...credentials,
  ...narrowed,
  /** Whose keys called, and whose permissions are the most that the session can have. */
  userArn: z.string(),
  name: z.string(),
});

/** Of GetSessionToken: the user itself. */
const userSession = z.strictObject({
  type: z.literal('user'),
  ...credentials,
  userArn: z.string(),
  mfaAuthenticated: z.boolean(),
});

/** Of AssumeRoot. */
const rootSession = z.strictObject({
  type: z.literal('root'),
  ...credentials,
  accountId: z.string(),
  taskPolicyArn: z.string(),
  sourceIdentity: z.string().optional(),
});

const sessionSchema = z.discriminatedUnion('type', [roleSession, federatedSession, userSession, rootSession]);

export type RoleSession = Readonly<z.output<typeof roleSession>>;
export type FederatedSession = Readonly<z.output<typeof federatedSession>>;
export type UserSession = Readonly<z.output<typeof userSession>>;
export type RootSession = Readonly<z.output<typeof rootSession>>;

/** All that's known of a session. It travels sealed in the session token and is stored nowhere. */
export type Session = RoleSession | FederatedSession | UserSession | RootSession;

const version = 2;
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM over the session; base64 of version, nonce, ciphertext and tag. */
export function sealSession(session: Session, key: Buffer): string {
  const head = Buffer.concat([Buffer.of(version), randomBytes(nonceBytes)]);
  const cipher = createCipheriv('aes-256-gcm', key, head.subarray(1));
  cipher.setAAD(head.subarray(0, 1));
  const sealed = cipher.update(deflateRawSync(JSON.stringify(session)));
  return Buffer.concat([head, sealed, cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** The session, or `undefined` for whatever was not sealed with this key. */
export function unsealSession(token: string, key: Buffer): Session | undefined {
  const bytes = Buffer.from(token, 'base64');
  // Buffer skips what isn't base64: without this, many texts would be one token.
  if (bytes.toString('base64') !== token) return undefined;
  if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + nonceBytes));
  decipher.setAAD(bytes.subarray(0, 1));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const opened = decipher.update(bytes.subarray(1 + nonceBytes, -tagBytes));
    const text = inflateRawSync(Buffer.concat([opened, decipher.final()]), { maxOutputLength: 65_536 });
    return sessionSchema.parse(JSON.parse(text.toString('utf8')));
  } catch {
    return undefined;
  }
}
