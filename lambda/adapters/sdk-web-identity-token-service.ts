import { GetWebIdentityTokenCommand, type GetWebIdentityTokenCommandOutput } from '@aws-sdk/client-sts';
import type { GivenWebIdentityToken, StsAnswer, WebIdentityTokenService } from '../core/ports.ts';
import { callSts, type StsCallOptions, toUnreadable } from './call-sts.ts';

/** The tokens that AWS signs for a session, by the AWS SDK. Not on STS's global endpoint. */
export const createSdkWebIdentityTokenService = (options: StsCallOptions): WebIdentityTokenService => ({
  getWebIdentityToken: ({ audience, durationSeconds, signingAlgorithm, requestTags }, credentials) => {
    const command = new GetWebIdentityTokenCommand({
      Audience: [audience],
      DurationSeconds: durationSeconds,
      SigningAlgorithm: signingAlgorithm,
      Tags: Object.entries(requestTags).map(([Key, Value]) => ({ Key, Value })),
    });
    return callSts(options, {
      credentials,
      send: async (client, call) => toGivenToken(await client.send(command, call)),
    });
  },
});

/** A compact JWS, so that nothing in it could end a line or a quotation. */
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]+$/;

function toGivenToken({
  WebIdentityToken: webIdentityToken,
  Expiration: expiration,
  $metadata: { requestId },
}: GetWebIdentityTokenCommandOutput): StsAnswer<GivenWebIdentityToken> {
  if (webIdentityToken === undefined || !compactJws.test(webIdentityToken))
    return toUnreadable('no token', requestId);
  if (!(expiration instanceof Date) || Number.isNaN(expiration.getTime()))
    return toUnreadable('no expiration', requestId);
  if (!requestId) return toUnreadable('no request id');
  return { state: 'ISSUED', webIdentityToken, expiration, requestId };
}
