import type { Integration } from '../../lambda/core/integrations/integration.ts';
import { createIssueIntegrationCredentials } from '../../lambda/core/integrations/issue-integration-credentials.ts';
import type { Denial, Intent, Outcome } from '../../lambda/core/issuance.ts';
import type { AssumeRoleRequest, SingleUseProof, StsAnswer } from '../../lambda/core/ports.ts';
import { aConfiguration } from './a-configuration.ts';
import { anIssuedAnswer } from './an-issuance.ts';
import { openAdmission } from './open-admission.ts';
import { nowMs } from './tokens.ts';
import { anIntegration } from './verifying.ts';

/** One call of a port, in the order of the calls. */
export type IntegrationCall =
  | { readonly found: string }
  | { readonly proof: SingleUseProof }
  | { readonly denial: Denial }
  | { readonly intent: Intent }
  | { readonly request: AssumeRoleRequest }
  | { readonly outcome: Outcome; readonly of: string };

export const integrationsConfiguration = aConfiguration({
  requestAccessUrl: 'https://wiki.example.com/daypass',
  issuers: {
    okta: {
      type: 'oidc',
      issuer: 'https://example.okta.com',
      audience: 'daypass',
      claims: { team: { claim: '/team', type: 'string' } },
    },
    ci: { type: 'oidc', issuer: 'https://ci.example.com', audience: 'daypass' },
  },
  integrations: {
    trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
    ownAccounts: ['222222222222'],
  },
});

/** Verified, and every caller of `okta` may have it. */
export const aVerifiedIntegration = (changes: Partial<Integration> = {}): Integration =>
  anIntegration({
    state: 'VERIFIED',
    trust: [{ Sid: 'Okta', Effect: 'Allow', Principal: { Federated: 'okta' } }],
    sessionTags: { Broker: 'daypass' },
    ...changes,
  });

/** The use case among ports that write down their calls. */
export function anIntegrationIssuing(
  integrations: readonly Integration[] = [aVerifiedIntegration()],
  options: {
    readonly answer?: (request: AssumeRoleRequest) => StsAnswer;
    readonly findError?: Error;
    readonly intentError?: Error;
    /** What the store answers with, whatever it is asked for. */
    readonly answersWith?: Integration;
  } = {},
) {
  const calls: IntegrationCall[] = [];
  const consumed = new Set<string>();
  let ids = 0;
  const issueCredentials = createIssueIntegrationCredentials({
    configuration: integrationsConfiguration,
    admission: openAdmission,
    store: {
      find: async (name) => {
        calls.push({ found: name });
        if (options.findError !== undefined) throw options.findError;
        const integration = options.answersWith ?? integrations.find((one) => one.name === name);
        if (integration === undefined) return undefined;
        const at = new Date(nowMs).toISOString();
        return { integration, change: { operation: 'create', at, nonce: 'nonce' } };
      },
    },
    issuances: {
      recordDenial: async (denial) => void calls.push({ denial }),
      recordIntent: async (intent) => {
        calls.push({ intent });
        if (options.intentError !== undefined) throw options.intentError;
      },
      recordOutcome: async (intent, outcome) => void calls.push({ outcome, of: intent.id }),
    },
    sts: {
      assumeRole: async (request) => {
        calls.push({ request });
        return (options.answer ?? anIssuedAnswer)(request);
      },
    },
    proofs: {
      consume: async (proof) => {
        calls.push({ proof });
        const isFirst = !consumed.has(proof.id);
        consumed.add(proof.id);
        return isFirst;
      },
    },
    now: () => nowMs,
    newId: () => `01KDVDPJ00${String(ids++).padStart(16, '0')}`,
    newNonce: () => `nonce-${ids}`,
  });
  const of = <Key extends string>(key: Key) =>
    calls.flatMap((call) => (key in call ? [Object(call)[key] as unknown] : []));
  return {
    ...{ issueCredentials, calls },
    steps: () => calls.map((call) => Object.keys(call)[0]),
    requests: () => of('request') as AssumeRoleRequest[],
    intents: () => of('intent') as Intent[],
    denials: () => of('denial') as Denial[],
  };
}
