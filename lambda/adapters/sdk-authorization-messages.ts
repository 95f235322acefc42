import {
  DecodeAuthorizationMessageCommand,
  type DecodeAuthorizationMessageCommandOutput,
} from '@aws-sdk/client-sts';
import { isJsonObject } from '../core/parse-json-object.ts';
import type { AuthorizationMessages, DecodedMessage, StsAnswer } from '../core/ports.ts';
import { callSts, type StsCallOptions, toUnreadable } from './call-sts.ts';
import { withoutQuotes } from './without-quotes.ts';

/** Messages of refusals, decoded with the function's own role by the AWS SDK. */
export const createSdkAuthorizationMessages = (options: StsCallOptions): AuthorizationMessages => ({
  decode: async (encodedMessage) => {
    const command = new DecodeAuthorizationMessageCommand({ EncodedMessage: encodedMessage });
    const answer = await callSts(options, {
      send: async (client, call) => toDecoded(await client.send(command, call)),
    });
    if (answer.state === 'ISSUED') return answer;
    // Of the parameter that it finds wrong, an error of STS quotes the value.
    return { ...answer, detail: withoutQuotes(answer.detail, encodedMessage, '(message)') };
  },
});

function toDecoded({
  DecodedMessage: text = '',
  $metadata,
}: Pick<DecodeAuthorizationMessageCommandOutput, 'DecodedMessage' | '$metadata'>): StsAnswer<DecodedMessage> {
  const { requestId } = $metadata;
  const decodedMessage = parse(text);
  if (decodedMessage === undefined) return toUnreadable('the decoded message is no JSON object', requestId);
  return requestId ? { state: 'ISSUED', decodedMessage, requestId } : toUnreadable('no request id');
}

/** Without the parser's error: that quotes the message. */
function parse(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
