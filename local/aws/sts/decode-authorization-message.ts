import { decodeAuthorizationMessage as decode } from '../authorization-message.ts';
import { AwsError } from '../aws-error.ts';
import { checkText, requireNoProblems } from './constraints.ts';
import { requireAllowed } from './require-allowed.ts';
import type { StsOperation } from './sts-call.ts';

/** Decodes what `POST /_local/authorization-messages` encoded. */
export const decodeAuthorizationMessage: StsOperation = {
  run: (call) => {
    const encoded = call.parameters.get('EncodedMessage');
    requireNoProblems(
      checkText('encodedMessage', encoded, { required: true, minLength: 1, maxLength: 10_240 }),
    );
    requireAllowed(call, { action: 'sts:DecodeAuthorizationMessage' });
    const { accountId } = call.caller;
    const message = decode(encoded ?? '', { key: call.key, accountId });
    if (message === undefined) {
      throw new AwsError('InvalidAuthorizationMessageException', 400, 'Message is not valid');
    }
    return { result: { DecodedMessage: message }, responseElements: null };
  },
  // Whoever reads the trail may not be whom the message is for.
  toRequestParameters: () => null,
};
