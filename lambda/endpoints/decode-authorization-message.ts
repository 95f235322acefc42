import type { DecodeAuthorizationMessage } from '../core/decode-authorization-message.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { authorizationMessageBody } from '../http/sts-schemas.ts';

/** `POST /v1/authorization-messages/decode`: what AWS said of a refusal, for those who may read it. */
export const createDecodeAuthorizationMessageEndpoint =
  (decode: DecodeAuthorizationMessage): Endpoint =>
  async ({ principal, origin, body }) => {
    const request = parseRequest('body', authorizationMessageBody, body);

    const { intent, answer } = await decode(principal, request, origin);

    return {
      status: 200,
      headers: { 'Daypass-Issuance-Id': intent.id },
      body: { IssuanceId: intent.id, DecodedMessage: answer.decodedMessage },
    };
  };
