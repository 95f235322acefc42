import type { Planned } from './issue.ts';
import type { FederationTokenPlan } from './plan-federation-token.ts';
import type {
  FederationTokenService,
  FederatorKeys,
  GivenSession,
  LongTermKey,
  StsFailure,
} from './ports.ts';
import { toPrivateDetail } from './private-detail.ts';

/** The IAM user whose key calls GetFederationToken. */
export interface Federator {
  readonly keys: FederatorKeys;
  readonly service: FederationTokenService;
}

/**
 * STS's code for an access key id that it doesn't know: one that was deactivated or deleted, as the federator's are
 * by their rotation. Nothing else that it refuses is for want of a newer key.
 */
const unknownKeyCode = 'InvalidClientTokenId';

/** Reads the key once the intent is written, and asks STS with it once. */
export function createFederationTokenCalls(
  { request }: FederationTokenPlan,
  { keys, service }: Federator,
): Pick<Planned<GivenSession>, 'ask' | 'mayAskAgain'> {
  // Of this attempt alone: others that run beside it may have another key by now.
  let usedKeyId: string | undefined;
  return {
    async ask() {
      const key = await readKey(keys);
      if ('state' in key) return { answer: key, hops: [] };
      usedKeyId = key.accessKeyId;
      return { answer: await service.getFederationToken(request, key), hops: [] };
    },
    async mayAskAgain({ state, errorCode }) {
      if (state !== 'REFUSED' || errorCode !== unknownKeyCode || usedKeyId === undefined) return false;
      try {
        return await keys.renew(usedKeyId);
      } catch {
        // Whether there is a newer key cannot be said: the refusal is what the caller hears of, with its issuance.
        return false;
      }
    },
  };
}

async function readKey(keys: FederatorKeys): Promise<LongTermKey | StsFailure> {
  try {
    return await keys.current();
  } catch (error) {
    // Nobody was asked: certainly nothing was minted, and the row must not stay open for it.
    return {
      state: 'FAILED',
      cause: 'keyless',
      errorCode: 'FederatorKeyNotRead',
      detail: toPrivateDetail(error),
    };
  }
}
