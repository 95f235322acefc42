import type { AuthorizationMessageSettings } from './configuration.ts';
import { decideSection, type SectionDecision } from './decide-section.ts';
import type { Attempt, Intent } from './issuance.ts';
import { createIssue, type Issued, type IssuePorts } from './issue.ts';
import { toContact } from './plan-session.ts';
import type { AuthorizationMessages, DecodedMessage } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toAskedContext } from './request-context.ts';

export interface DecodeAuthorizationMessageRequest {
  /** 1–10 240 characters. It and what is in it are in no row, log or error. */
  readonly encodedMessage: string;
  readonly reason?: string;
}

export type DecodeAuthorizationMessage = (
  principal: Principal,
  request: DecodeAuthorizationMessageRequest,
  origin: RequestOrigin,
) => Promise<Issued<DecodedMessage>>;

/** Decodes what AWS said of a refusal: it names principals, policies and the request, so that few may read it. */
export function createDecodeAuthorizationMessage(
  ports: IssuePorts & { readonly messages: AuthorizationMessages },
): DecodeAuthorizationMessage {
  const { configuration, messages } = ports;
  const issue = createIssue(ports);

  return (principal, { encodedMessage, reason }, origin) =>
    issue({
      principal,
      origin,
      asked: { purpose: 'authorization-message', ...(reason === undefined ? {} : { reason }) },
      decide: (requestContext) => {
        const context = toAskedContext(requestContext, reason === undefined ? {} : { reason });
        const { authorizationMessages } = configuration;
        return decideSection('authorizationMessages', authorizationMessages, principal, context);
      },
      deniedMessage,
      plan: (decision, attempt) => ({
        intent: toIntent(decision, attempt),
        wanted: 'the message',
        contact: toContact(configuration),
        signedBy: 'broker',
        ask: async () => ({ answer: await messages.decode(encodedMessage), hops: [] }),
      }),
    });
}

const deniedMessage =
  "no authorization message that you may have decoded; the configuration's section authorizationMessages says who may";

/** Without a mechanism: there are no credentials. */
const toIntent = (
  { statement }: SectionDecision<AuthorizationMessageSettings>,
  attempt: Attempt,
): Intent => ({
  ...attempt,
  roleArns: [],
  sessionTags: {},
  transitiveTagKeys: [],
  managedPolicyArns: [],
  statement,
});
