import type { KMSClient } from '@aws-sdk/client-kms';
import type { TokenSigner } from '../core/ports.ts';
import type { VerificationKey } from './verification-keys.ts';

export interface KmsTokenKeyOptions {
  /** With a region, and as many attempts as the SDK makes by itself: signing twice does no harm. */
  readonly client: Pick<KMSClient, 'send'>;
  /** ARN of an RSA_2048 key for SIGN_VERIFY. */
  readonly keyArn: string;
  readonly timeoutMs: number;
}

/** Signs with RS256 (RSASSA_PKCS1_V1_5_SHA_256); the key never leaves KMS. */
export declare function createKmsTokenSigner(options: KmsTokenKeyOptions): TokenSigner;

/** The public half of that key, for the function that verifies. */
export declare function createFetchKmsKeys(
  options: KmsTokenKeyOptions,
): () => Promise<readonly VerificationKey[]>;
