import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { importSPKI } from 'jose';
import { TokenKeyUnavailableError } from '../core/errors.ts';
import type { TokenSigner } from '../core/ports.ts';
import { toErrorDetail } from './error-detail.ts';
import type { VerificationKey } from './verification-keys.ts';

export interface KmsTokenKeyOptions {
  /** With a region, and as many attempts as the SDK makes by itself: signing twice does no harm. */
  readonly client: Pick<KMSClient, 'send'>;
  /** ARN of an RSA_2048 key for SIGN_VERIFY. */
  readonly keyArn: string;
  /** Milliseconds for a whole call, its repeats included. */
  readonly timeoutMs: number;
}

/** KMS's name of RS256 (RFC 7518 §3.3). */
const signingAlgorithm = 'RSASSA_PKCS1_V1_5_SHA_256';

/**
 * Signs with RS256; the key never leaves KMS.
 *
 * @throws TypeError when the ARN is not a key's
 */
export function createKmsTokenSigner({ client, keyArn, timeoutMs }: KmsTokenKeyOptions): TokenSigner {
  const kid = toKeyId(keyArn);
  return {
    sign: async ({ type, claims }) => {
      const input = `${toSegment({ alg: 'RS256', kid, typ: type })}.${toSegment(claims)}`;
      try {
        const signature = await signDigest(input);
        return `${input}.${Buffer.from(signature).toString('base64url')}`;
      } catch (cause) {
        throw new TokenKeyUnavailableError('the broker cannot sign a token now; sign in again in a while', {
          retryAfterSeconds: 30,
          detail: toErrorDetail(cause),
          cause,
        });
      }
    },
  };

  async function signDigest(input: string): Promise<Uint8Array> {
    const command = new SignCommand({
      KeyId: keyArn,
      SigningAlgorithm: signingAlgorithm,
      // A whole message may have 4096 bytes, and a principal alone has as many.
      MessageType: 'DIGEST',
      Message: createHash('sha256').update(input).digest(),
    });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    requireOwnKey(answer.KeyId, keyArn);
    if (answer.SigningAlgorithm !== signingAlgorithm || !answer.Signature?.length) {
      throw new Error(`KMS answered without a signature of ${signingAlgorithm}`);
    }
    return answer.Signature;
  }
}

/**
 * The public half of that key, for the function that verifies. What it returns rejects when KMS cannot be asked, and
 * when the key is of another kind.
 *
 * @throws TypeError when the ARN is not a key's
 */
export function createFetchKmsKeys(options: KmsTokenKeyOptions): () => Promise<readonly VerificationKey[]> {
  const { client, keyArn, timeoutMs } = options;
  const keyId = toKeyId(keyArn);
  return async () => {
    const command = new GetPublicKeyCommand({ KeyId: keyArn });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    requireOwnKey(answer.KeyId, keyArn);
    const { KeyUsage, KeySpec = '', PublicKey } = answer;
    if (KeyUsage !== 'SIGN_VERIFY' || !keySpecs.includes(KeySpec) || PublicKey === undefined) {
      throw new Error(
        `the token key is ${KeySpec || 'of no kind'} for ${KeyUsage ?? 'nothing'}; allowed: ${keySpecs.join(', ')} for SIGN_VERIFY`,
      );
    }
    return [{ keyId, algorithm: 'RS256', key: await importSPKI(toPem(PublicKey), 'RS256') }];
  };
}

/** Those whose SigningAlgorithms have RS256's. */
const keySpecs = ['RSA_2048', 'RSA_3072', 'RSA_4096'];

/** A token names the key, and neither account nor region. An alias may stand for another key tomorrow. */
function toKeyId(keyArn: string): string {
  const [, keyId] = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/([\w-]{1,64})$/.exec(keyArn) ?? [];
  if (keyId === undefined) {
    throw new TypeError(
      `${keyArn} is not the ARN of a KMS key; allowed: arn:…:kms:<region>:<account>:key/<id>`,
    );
  }
  return keyId;
}

function requireOwnKey(answered: string | undefined, keyArn: string): void {
  if (answered !== keyArn)
    throw new Error(`KMS answered for key ${answered ?? 'without a name'}, not ${keyArn}`);
}

const toSegment = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** RFC 7468. */
const toPem = (der: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(der).toString('base64')}\n-----END PUBLIC KEY-----`;
