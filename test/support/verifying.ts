import type { Integration } from '../../lambda/core/integrations/integration.ts';
import type { SeenSession } from '../../lambda/core/integrations/seen-session.ts';
import { createVerifyIntegration } from '../../lambda/core/integrations/verify-integration.ts';
import type { ProbeTask, VerifyAuthority } from '../../lambda/core/integrations/verify-ports.ts';
import type { Hop, Intent, Outcome } from '../../lambda/core/issuance.ts';
import type { AssumeRoleRequest, StsAnswer, StsFailure } from '../../lambda/core/ports.ts';
import { aConfiguration } from './a-configuration.ts';
import { aPrincipal } from './a-principal.ts';
import { anIssuedAnswer } from './an-issuance.ts';
import { nowMs } from './tokens.ts';

export const rightId = 'daypass-5f0c1a7e9b3d4286a1c5e7f908b2d346';
export const nextId = 'daypass-0123456789abcdef0123456789abcdef';
export const previousId = 'daypass-fedcba9876543210fedcba9876543210';

export const anIntegration = (changes: Partial<Integration> = {}): Integration => ({
  name: 'globex',
  version: 1,
  description: 'Reports of Globex',
  owner: 'partners@example.com',
  roleArn: 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight',
  trust: [],
  duration: { defaultSeconds: 900, maxSeconds: 900 },
  sessionTags: { Team: '${claims:team}', Broker: 'daypass' },
  setSourceIdentity: true,
  state: 'CREATED',
  externalIds: { current: rightId },
  ...changes,
});

export const denied: StsFailure = {
  state: 'REFUSED',
  errorCode: 'AccessDenied',
  detail: 'User: arn:aws:sts::111111111111:assumed-role/x/y is not authorized to perform: sts:AssumeRole',
  requestId: '11111111-2222-3333-4444-777777777777',
};

export const anAuthority: VerifyAuthority = {
  principal: aPrincipal({ proofId: 'p'.repeat(43) }),
  origin: { sourceIp: '203.0.113.7', userAgent: 'curl/8.14.1', gatewayRequestId: 'JKJaXmPLvHcESHA=' },
  statement: 'Managers',
};

export const proberGiven: StsAnswer<SeenSession> = {
  state: 'ISSUED',
  requestId: '99999999-2222-3333-4444-777777777777',
  credentials: { accessKeyId: 'ASIAPROBERPROBER1234', expiration: new Date(nowMs + 900_000) },
};

/** The session of the role that the prober asks by as a stranger. */
export const strangerHop: Hop = {
  roleArn: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-stranger',
  stsRequestId: '99999999-2222-3333-4444-888888888888',
  accessKeyId: 'ASIASTRANGER00000000',
};

/** A role that does it right: what it answers to the issuing role. */
export const rightRole =
  (externalId = rightId) =>
  (request: AssumeRoleRequest): StsAnswer =>
    request.externalId === externalId ? anIssuedAnswer(request) : denied;

export interface VerifyingOptions {
  readonly integration?: Partial<Integration>;
  /** @default rightRole() */
  readonly answer?: (request: AssumeRoleRequest, index: number) => StsAnswer;
  /** @default denied */
  readonly noId?: (index: number) => StsAnswer<SeenSession>;
  /** @default denied */
  readonly stranger?: StsAnswer<SeenSession>;
  /** What the prober is answered with the right id. @default proberGiven */
  readonly proberRightId?: (index: number) => StsAnswer<SeenSession>;
  /** In the place of the three above. */
  readonly prober?: (task: ProbeTask) => StsAnswer<SeenSession>;
  /** `false`: the stranger's own role was not given, and `stranger` is the answer to that. @default true */
  readonly isStranger?: boolean;
  readonly failOutcome?: (index: number) => Error | undefined;
  /** Milliseconds that each call of STS takes. @default 50 */
  readonly callMs?: number;
}

const configuration = aConfiguration({});

/** One verification among ports that write down their calls. */
export function aVerifying(options: VerifyingOptions = {}) {
  const { answer = rightRole(), noId = () => denied, stranger = denied, isStranger = true } = options;
  const { callMs = 50, proberRightId = () => proberGiven } = options;
  const steps: string[] = [];
  const intents: Intent[] = [];
  const outcomes: (Outcome & { readonly of: string })[] = [];
  const requests: AssumeRoleRequest[] = [];
  const probed: ProbeTask[] = [];
  let clock = nowMs;
  let ids = 0;
  const called = (step: string) => {
    steps.push(step);
    clock += callMs;
  };
  const verify = createVerifyIntegration({
    configuration,
    issuances: {
      recordDenial: async () => void steps.push('denial'),
      recordIntent: async (intent) => {
        steps.push('intent');
        intents.push(intent);
      },
      recordOutcome: async (intent, outcome) => {
        steps.push('outcome');
        const error = options.failOutcome?.(outcomes.length);
        outcomes.push({ ...outcome, of: intent.id });
        if (error !== undefined) throw error;
      },
    },
    proofs: {
      consume: async () => {
        throw new Error('a probe consumes no proof');
      },
    },
    now: () => clock,
    newId: () => `01KDVDPJ00${String(ids++).padStart(16, '0')}`,
    newNonce: () => `nonce-${ids}`,
    newExternalId: () => `daypass-${String(ids).padStart(2, '0')}${'ab'.repeat(15)}`,
    sts: {
      assumeRole: async (request) => {
        called('sts');
        requests.push(request);
        return answer(request, requests.length - 1);
      },
    },
    prober: async (task) => {
      called(task.probe);
      const index = probed.filter(({ probe }) => probe === task.probe).length;
      probed.push(task);
      const ofKind = { 'no-id': noId, 'prober-right-id': proberRightId, stranger: () => stranger };
      const answer = options.prober?.(task) ?? ofKind[task.probe](index);
      return { answer, hops: task.probe === 'stranger' && isStranger ? [strangerHop] : [] };
    },
  });
  return {
    verification: () => verify(anIntegration(options.integration), anAuthority),
    ...{ steps, intents, outcomes, requests, probed },
  };
}
