import { describe, expect, it } from '@jest/globals';
import { AuditUnavailableError } from '../../../lambda/core/errors.ts';
import { createIssueWebIdentityToken } from '../../../lambda/core/issue-web-identity-token.ts';
import type { GivenWebIdentityToken, StsAnswer } from '../../../lambda/core/ports.ts';
import { toWebIdentityTokenPolicy } from '../../../lambda/core/web-identity-token-policy.ts';
import { aConfiguration, aProfileDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuedAnswer } from '../../support/an-issuance.ts';
import { openAdmission } from '../../support/open-admission.ts';
import { nowMs } from '../../support/tokens.ts';

const audience = 'https://partner.example';
const allow = { Effect: 'Allow', Principal: { Federated: 'okta' } };
const brief = { NumericLessThanEquals: { 'daypass:RequestedDuration': '600' } };

const configuration = aConfiguration({
  profiles: {
    partner: aProfileDocument({
      externalId: 'partner-1',
      managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      sessionPolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
      },
      sessionTags: { Team: 'payments' },
      acceptedTagKeys: ['Purpose'],
      webIdentityToken: { audiences: [audience], duration: { maxSeconds: 3540 } },
    }),
    reasoned: aProfileDocument({ reasonRequired: true, webIdentityToken: { audiences: [audience] } }),
    brief: aProfileDocument({
      trust: [{ ...allow, Condition: brief }],
      webIdentityToken: { audiences: [audience], duration: { maxSeconds: 3540 } },
    }),
  },
});

const webIdentityToken = 'eyJhbGciOiJSUzI1NiJ9.eyJDQU5BUlkiOiJjYW5hcnkifQ.Y2FuYXJ5LWNhbmFyeQ';
const given: StsAnswer<GivenWebIdentityToken> = {
  state: 'ISSUED',
  webIdentityToken,
  expiration: new Date(nowMs + 300_000),
  requestId: 'of-the-token',
};

function anIssuing(
  options: { readonly answer?: StsAnswer<GivenWebIdentityToken>; readonly lost?: boolean } = {},
) {
  const calls: Record<string, unknown>[] = [];
  const record = async (call: Record<string, unknown>) => {
    calls.push(call);
  };
  const used = new Set<string>();
  const issue = createIssueWebIdentityToken({
    configuration,
    admission: openAdmission,
    issuances: {
      recordDenial: (denial) => record({ denial }),
      recordIntent: (intent) => record({ intent }),
      recordOutcome: async (_, outcome) => {
        await record({ outcome });
        if (options.lost === true) throw new AuditUnavailableError('the audit cannot be written');
      },
    },
    proofs: {
      consume: async ({ id }) => {
        const isFirst = !used.has(id);
        used.add(id);
        return isFirst;
      },
    },
    sts: {
      assumeRole: async (request, credentials) => {
        await record({ role: request, as: credentials?.accessKeyId });
        return anIssuedAnswer(request);
      },
    },
    tokens: {
      getWebIdentityToken: async (request, { accessKeyId }) => {
        await record({ token: request, as: accessKeyId });
        return options.answer ?? given;
      },
    },
    now: () => nowMs,
    newId: () => '01KDVDPJ0000000000000000A0',
    newNonce: () => 'nonce',
  });
  const ask = (request: object = {}, principal = aPrincipal()) =>
    issue(principal, { profile: 'partner', audience, ...request }, anOrigin());
  return { ask, calls, steps: () => calls.map((call) => Object.keys(call)[0]) };
}

const refused = (errorCode: string): StsAnswer<GivenWebIdentityToken> => ({
  ...{ state: 'REFUSED', errorCode, detail: 'PRIVATE', requestId: 'of-the-refusal' },
});

describe('issuing a web identity token', () => {
  it('writes the intent, assumes the role, asks for the token, writes the outcome, in this order', async () => {
    const { ask, calls, steps } = anIssuing();

    const { intent, answer } = await ask({ durationSeconds: 600, reason: 'upload' });

    expect(steps()).toEqual(['intent', 'role', 'token', 'outcome']);
    expect(answer.webIdentityToken).toBe(webIdentityToken);
    const token = {
      ...{ audience, durationSeconds: 600, signingAlgorithm: 'RS256' as const },
      requestTags: { 'daypass:Principal': 'okta.alice@example.com', 'daypass:IssuanceId': intent.id },
    };
    expect(calls[0]).toMatchObject({
      intent: {
        purpose: 'web-identity-token',
        audiences: [audience],
        requestedDurationSeconds: 600,
        durationSeconds: 600,
        reason: 'upload',
        managedPolicyArns: [],
      },
    });
    // In the place of the profile's policies, beside which STS would allow what any of them does.
    expect(calls[1]).toEqual({
      role: {
        roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
        roleSessionName: intent.roleSessionName,
        sourceIdentity: 'okta.alice@example.com',
        durationSeconds: 900,
        externalId: 'partner-1',
        sessionTags: { Team: 'payments' },
        transitiveTagKeys: [],
        managedPolicyArns: [],
        sessionPolicy: toWebIdentityTokenPolicy(token),
      },
      as: undefined,
    });
    expect(calls[2]).toEqual({ token, as: 'ASIAIOSFODNN7EXAMPLE' });
    expect(calls[3]).toEqual({
      outcome: {
        state: 'ISSUED',
        finishedAt: new Date(nowMs).toISOString(),
        stsRequestId: 'of-the-token',
        expiration: new Date(nowMs + 300_000).toISOString(),
        hops: [
          {
            roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
            stsRequestId: '11111111-2222-3333-4444-555555555555',
            accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
          },
        ],
      },
    });
    expect(JSON.stringify(calls)).not.toMatch(/eyJ|Canary/);
  });

  it.each([
    [60, 900],
    [840, 900],
    [841, 901],
    [3540, 3600],
  ])('of %i seconds has a session of %i, which it does not outlive', async (durationSeconds, expected) => {
    const { ask, calls } = anIssuing();

    await ask({ durationSeconds });

    expect(calls[1]).toMatchObject({ role: { durationSeconds: expected } });
  });

  it('shows the profile’s statements the duration of the token, asked for or not', async () => {
    await expect(anIssuing().ask({ profile: 'brief' })).resolves.toBeDefined();
    await expect(anIssuing().ask({ profile: 'brief', durationSeconds: 600 })).resolves.toBeDefined();
    await expect(anIssuing().ask({ profile: 'brief', durationSeconds: 601 })).rejects.toMatchObject({
      code: 'access-denied',
    });
  });

  it.each([
    ['OutboundWebIdentityFederationDisabledException', 403, 'outbound-federation-disabled'],
    ['OutboundWebIdentityFederationDisabled', 403, 'outbound-federation-disabled'],
    ['JWTPayloadSizeExceededException', 400, 'session-too-large'],
    ['SessionDurationEscalationException', 400, 'duration-out-of-range'],
    ['AccessDenied', 403, 'refused-by-sts'],
  ])('that AWS refuses with %s is a %i, and its row says so', async (errorCode, status, code) => {
    const { ask, calls } = anIssuing({ answer: refused(errorCode) });

    const error: unknown = await ask().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ status, code });
    expect(String(Reflect.get(Object(error), 'message'))).not.toMatch(/PRIVATE|arn:/);
    expect(calls.at(-1)).toMatchObject({
      outcome: { state: 'REFUSED', errorCode, detail: 'GetWebIdentityToken: PRIVATE' },
    });
  });

  it('is not released when its outcome cannot be written', async () => {
    await expect(anIssuing({ lost: true }).ask()).rejects.toThrow(AuditUnavailableError);
  });

  it.each([
    [{ audience: 'https://other.example' }, 'audience-not-offered'],
    [{ audience: `${audience}/` }, 'audience-not-offered'],
    [{ durationSeconds: 59 }, 'duration-out-of-range'],
    [{ durationSeconds: 3541 }, 'duration-out-of-range'],
  ])('is refused for %j before anything is written down', async (request, code) => {
    const { ask, calls } = anIssuing();

    await expect(ask(request)).rejects.toMatchObject({ code });

    expect(calls).toEqual([]);
  });

  it('needs a reason where the profile does, and writes nothing down without', async () => {
    const { ask, calls, steps } = anIssuing();

    await expect(ask({ profile: 'reasoned' })).rejects.toMatchObject({
      code: 'reason-required',
      status: 400,
    });
    expect(calls).toEqual([]);

    await ask({ profile: 'reasoned', reason: 'upload' });
    expect(steps()).toEqual(['intent', 'role', 'token', 'outcome']);
  });

  it('is the one effect that a single-use proof has', async () => {
    const { ask, steps } = anIssuing();
    const principal = aPrincipal({ proofId: 'p'.repeat(43) });

    await ask({}, principal);
    await expect(ask({}, principal)).rejects.toMatchObject({ code: 'proof-already-used' });

    expect(steps()).toEqual(['intent', 'role', 'token', 'outcome', 'denial']);
  });
});
