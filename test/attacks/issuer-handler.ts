import { findIamIssuer } from '../../lambda/core/find-iam-issuer.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { createHandler } from '../../lambda/http/create-handler.ts';
import type { EndpointRequest } from '../../lambda/http/endpoint.ts';
import { aConfigurationDocument, aProfileDocument } from '../support/a-configuration.ts';
import { aContext, type anEvent, anIdentity, own } from '../support/an-event.ts';
import { aRecordingLogger } from '../support/recording-logger.ts';

/** A broker that hears the AWS identities of these accounts; with a condition its one profile is not for all of them. */
export const iamConfiguration = (accounts: readonly string[], Condition: object = {}) =>
  parseConfiguration(
    aConfigurationDocument({
      issuers: { aws: { type: 'iam', accounts } },
      profiles: {
        readonly: aProfileDocument({
          trust: [{ Effect: 'Allow', Principal: { Federated: 'aws' }, Condition }],
        }),
      },
    }),
  );

/** The issuer function's side of HTTP, with an endpoint that answers the principal that it was handed. */
export function createIssuerHandler(accounts: readonly string[] = ['111111111111']) {
  const requests: EndpointRequest[] = [];
  const endpoint = async (request: EndpointRequest) => {
    requests.push(request);
    return { status: 200, body: request.principal };
  };
  const handler = createHandler({
    handledBy: 'issuer',
    own,
    endpoints: { whoami: endpoint, issueCredentials: endpoint },
    iamIssuer: findIamIssuer(iamConfiguration(accounts)),
    logger: aRecordingLogger(),
    now: Date.now,
  });
  const invoke = async (event: ReturnType<typeof anEvent>) => {
    const { statusCode, body } = await handler(event, aContext);
    return { status: statusCode, body: JSON.parse(body) };
  };
  return { invoke, requests };
}

/** `requestContext.identity` of a session of the role `Deploy` in that account. */
export const aRoleSession = (accountId: string) =>
  anIdentity({ accountId, userArn: `arn:aws:sts::${accountId}:assumed-role/Deploy/build-17` });
