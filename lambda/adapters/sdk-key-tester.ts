import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { KeyTester } from '../core/federator-rotation-ports.ts';
import type { LongTermKey } from '../core/ports.ts';
import { toAwsCallError } from './aws-call-error.ts';

export interface SdkKeyTesterOptions {
  /**
   * A client that signs with the key: with its region set, which makes the endpoint regional, with `maxAttempts: 1`,
   * and without a connection that is kept: each call may meet another of the endpoint's hosts.
   */
  readonly toClient: (key: LongTermKey) => Pick<STSClient, 'send' | 'destroy'>;
  /** Milliseconds for one call. */
  readonly timeoutMs: number;
}

/**
 * GetCallerIdentity with the key itself. It needs no permission, and unlike GetFederationToken it makes no session,
 * for which there'd be no row.
 */
export const createSdkKeyTester = ({ toClient, timeoutMs }: SdkKeyTesterOptions): KeyTester => ({
  identify: async (key) => {
    const client = toClient(key);
    try {
      const abortSignal = AbortSignal.timeout(timeoutMs);
      const { Arn } = await client.send(new GetCallerIdentityCommand({}), { abortSignal });
      return Arn
        ? { state: 'ACCEPTED', arn: Arn }
        : { state: 'REFUSED', detail: 'GetCallerIdentity answered without an ARN' };
    } catch (error) {
      const { message } = toAwsCallError('GetCallerIdentity', error, [key.secretAccessKey]);
      return { state: 'REFUSED', detail: message };
    } finally {
      client.destroy();
    }
  },
});
