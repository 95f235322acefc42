import { exportJWK } from 'jose';
import { TokenKeyUnavailableError } from '../core/errors.ts';
import type { PublicJsonWebKey, PublicKeys } from '../core/ports.ts';
import { toErrorDetail } from './error-detail.ts';
import { createKeyCache } from './key-cache.ts';
import { createFetchKmsKeys, type KmsTokenKeyOptions } from './kms-token-signer.ts';
import type { VerificationKey } from './verification-keys.ts';

export interface KmsPublicKeysOptions extends Omit<KmsTokenKeyOptions, 'keyArn'> {
  readonly keyArns: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Told of each call that fails while older answers still serve. */
  readonly onStale: (cause: unknown) => void;
}

/**
 * The public halves of KMS keys, kept as long as an issuer's keys are: strangers ask for them.
 *
 * @throws TypeError when an ARN is not a key's
 */
export function createKmsPublicKeys({ keyArns, now, onStale, ...options }: KmsPublicKeysOptions): PublicKeys {
  const fetches = keyArns.map((keyArn) => createFetchKmsKeys({ ...options, keyArn }));
  const cache = createKeyCache({
    // All or none: a set that lacks the key of a token under way would refuse it.
    fetchKeys: async () => (await Promise.all(fetches.map((fetch) => fetch()))).flat(),
    now,
    onStale,
  });
  return {
    list: async () => {
      try {
        return await Promise.all((await cache.current()).map(toJwk));
      } catch (cause) {
        throw new TokenKeyUnavailableError('the public keys cannot be read now; try again in a while', {
          retryAfterSeconds: 5,
          detail: toErrorDetail(cause),
          cause,
        });
      }
    },
  };
}

/** RFC 7517 §4: what verifies RS256, and nothing else that the key may be good for. */
async function toJwk({ keyId = '', key }: VerificationKey): Promise<PublicJsonWebKey> {
  const { n = '', e = '' } = await exportJWK(key);
  return { kty: 'RSA', use: 'sig', alg: 'RS256', kid: keyId, n, e };
}
