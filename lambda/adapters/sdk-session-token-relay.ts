import { GetSessionTokenCommand, type STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import type { SessionTokenRelay, StsAnswer } from '../core/ports.ts';
import type { PresignedParameters, PresignedSessionToken } from '../core/presigned-session-token.ts';
import { callSts, toGivenCredentials } from './call-sts.ts';
import { withoutQuotes } from './without-quotes.ts';

/** What puts a signature on a request of the SDK's. */
export type Signing = Required<Pick<STSClientConfig, 'signer'>>;

export interface SessionTokenRelayOptions {
  /** A client that signs so and with nothing else, of `maxAttempts: 1`: it needs no credentials. */
  readonly toClient: (signing: Signing) => Pick<STSClient, 'send'>;
  /** Milliseconds for the whole call, after which its answer is not waited for. */
  readonly timeoutMs: number;
}

/**
 * Relays presigned requests by the AWS SDK, which reads the answer as it reads every other. In the place of signing,
 * the request becomes the very one that the caller signed.
 */
export const createSdkSessionTokenRelay = ({
  toClient,
  timeoutMs,
}: SessionTokenRelayOptions): SessionTokenRelay => ({
  getSessionToken: async (presigned) => {
    const answer = await callSts(
      { toClient: () => toClient(signAs(presigned)), timeoutMs },
      {
        send: async (client, call) =>
          toGivenCredentials(await client.send(new GetSessionTokenCommand({}), call)),
      },
    );
    return answer.state === 'ISSUED' ? answer : withoutRequest(answer, presigned.parameters);
  },
});

function signAs({ origin, parameters }: PresignedSessionToken): Signing {
  const { protocol, hostname, port, host } = new URL(origin);
  return {
    signer: {
      // Nothing of the SDK's own request goes on: its headers are not signed, and its body says less.
      sign: async () => ({
        ...{ method: 'GET', protocol, hostname, path: '/', query: { ...parameters }, headers: { host } },
        ...(port === '' ? {} : { port: Number(port) }),
      }),
    },
  };
}

/** An error of STS can quote the request as it should have been signed, the code included. */
function withoutRequest(
  answer: Exclude<StsAnswer, { readonly state: 'ISSUED' }>,
  { TokenCode, 'X-Amz-Signature': signature }: PresignedParameters,
): StsAnswer {
  const detail = withoutQuotes(answer.detail, signature, '(signature)').replaceAll(TokenCode, '(code)');
  return { ...answer, detail };
}
