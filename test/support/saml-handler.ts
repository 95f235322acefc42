import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Issuer, SamlIssuer } from '../../lambda/core/configuration.ts';
import { createBeginSamlLogin } from '../../lambda/endpoints/begin-saml-login.ts';
import {
  type ConsumeSamlResponseOptions,
  createConsumeSamlResponseEndpoint,
} from '../../lambda/endpoints/consume-saml-response.ts';
import { createGetSamlMetadata } from '../../lambda/endpoints/get-saml-metadata.ts';
import { createHandler } from '../../lambda/http/create-handler.ts';
import { aPrincipal } from './a-principal.ts';
import { aContext, own } from './an-event.ts';
import { aRecordingLogger } from './recording-logger.ts';

export const brokerUrl = 'https://daypass.example.com';
export const samlNowMs = Date.UTC(2026, 0, 1, 12);

export function aSamlIssuer(changes: Partial<SamlIssuer> = {}): SamlIssuer {
  return {
    type: 'saml',
    name: 'corp',
    entityId: 'https://idp.example/metadata',
    singleSignOnUrl: 'https://idp.example/sso',
    certificates: [],
    claims: new Map(),
    mfa: { authnContexts: [], authnMethods: [] },
    idpInitiated: false,
    ...changes,
  };
}

type Consume = ConsumeSamlResponseOptions['consume'];

/** What the ACS's use case is asked for, and an answer of its own. */
export function aConsume(answer: Partial<Awaited<ReturnType<Consume>>> = {}) {
  const requests: Parameters<Consume>[0][] = [];
  const consume: Consume = async (request) => {
    requests.push(request);
    return {
      token: 'eyJ.header.signature',
      principal: aPrincipal({ issuer: 'corp', subject: 'jane@example.com' }),
      expiresAtSeconds: samlNowMs / 1000 + 900,
      answersRequest: request.requestId !== undefined,
      ...answer,
    };
  };
  return { consume, requests };
}

/** The function of the SAML routes, but for the use case behind the ACS. */
export function aSamlHandler(
  options: {
    readonly issuers?: readonly Issuer[];
    readonly consume?: Consume;
    readonly url?: string;
    readonly newRequestId?: () => string;
  } = {},
) {
  const { issuers = [aSamlIssuer()], consume = aConsume().consume, url = brokerUrl } = options;
  const { newRequestId = () => `_${'0123456789abcdef'.repeat(2)}` } = options;
  const now = () => samlNowMs;
  const logger = aRecordingLogger();
  const named = new Map(issuers.map((issuer) => [issuer.name, issuer]));
  const handler = createHandler({
    ...{ handledBy: 'saml', own, endpoints: {}, logger, now },
    openEndpoints: {
      beginSamlLogin: createBeginSamlLogin({ issuers: named, url, now, newRequestId }),
      consumeSamlResponse: createConsumeSamlResponseEndpoint({ consume, url, logger }),
      getSamlMetadata: createGetSamlMetadata(url),
    },
  });
  return { logger, handle: (event: APIGatewayProxyEvent) => handler(event, aContext) };
}
