import { describe, expect, it } from '@jest/globals';
import { assumeRoles } from '../../../lambda/core/assume-roles.ts';
import type { AssumeRoleRequest, Credentials, StsAnswer } from '../../../lambda/core/ports.ts';
import { anIssuedAnswer } from '../../support/an-issuance.ts';
import { anAssumeRole } from '../../support/sts-answers.ts';

const roleArns = ['Gateway', 'Relay', 'Warehouse'].map((name) => `arn:aws:iam::222222222222:role/${name}`);
const requests = roleArns.map((roleArn) => anAssumeRole({ roleArn }));

/** Of the session of one role. */
const credentialsOf = (hop: number) => ({
  accessKeyId: `ASIAHOP${hop}000000000000`,
  secretAccessKey: `Canary-secret-${hop}`,
  sessionToken: `Canary-token-${hop}`,
});

const issuedAt = (request: AssumeRoleRequest): StsAnswer => {
  const hop = roleArns.indexOf(request.roleArn) + 1;
  return { ...anIssuedAnswer(request, credentialsOf(hop)), requestId: `request-${hop}` };
};

const hopOf = (hop: number) => ({
  roleArn: roleArns[hop - 1],
  stsRequestId: `request-${hop}`,
  accessKeyId: credentialsOf(hop).accessKeyId,
});

/** An STS that writes down who called it; `broken` answers one of the hops. */
function anSts(broken: { readonly hop?: number; readonly answer?: StsAnswer } = {}) {
  const calls: { readonly request: AssumeRoleRequest; readonly as: string | undefined }[] = [];
  return {
    calls,
    assumeRole: async (request: AssumeRoleRequest, credentials?: Credentials): Promise<StsAnswer> => {
      calls.push({ request, as: credentials?.accessKeyId });
      return calls.length === broken.hop && broken.answer ? broken.answer : issuedAt(request);
    },
  };
}

const failures: readonly Exclude<StsAnswer, { readonly state: 'ISSUED' }>[] = [
  { state: 'REFUSED', errorCode: 'AccessDenied', detail: 'no', requestId: 'request-x' },
  { state: 'FAILED', cause: 'throttled', errorCode: 'Throttling', detail: 'no', requestId: 'request-x' },
  { state: 'FAILED', cause: 'unreachable', errorCode: 'ECONNREFUSED', detail: 'no' },
  { state: 'UNKNOWN', errorCode: 'TimeoutError', detail: 'no' },
];

describe('assumeRoles', () => {
  it('is one call with the own credentials where there is one role', async () => {
    const sts = anSts();

    const chained = await assumeRoles(requests.slice(0, 1), sts);

    expect(chained).toEqual({ answer: issuedAt(anAssumeRole({ roleArn: roleArns[0] ?? '' })), hops: [] });
    expect(sts.calls.map(({ as }) => as)).toEqual([undefined]);
  });

  it('calls for each role once, in order, with the credentials of the session before', async () => {
    const sts = anSts();

    await assumeRoles(requests, sts);

    expect(sts.calls).toEqual([
      { request: requests[0], as: undefined },
      { request: requests[1], as: 'ASIAHOP1000000000000' },
      { request: requests[2], as: 'ASIAHOP2000000000000' },
    ]);
  });

  it('gives the last answer, and of the sessions on the way what is no secret', async () => {
    const { answer, hops } = await assumeRoles(requests, anSts());

    expect(answer).toMatchObject({ state: 'ISSUED', requestId: 'request-3', credentials: credentialsOf(3) });
    expect(hops).toEqual([hopOf(1), hopOf(2)]);
    expect(JSON.stringify({ answer, hops })).not.toMatch(/Canary-\w+-[12]/);
  });

  it.each([1, 2, 3].flatMap((hop) => failures.map((answer) => ({ hop, answer }))))(
    'ends at hop $hop where its answer is $answer.state, $answer.errorCode, and says so',
    async ({ hop, answer }) => {
      const sts = anSts({ hop, answer });

      const chained = await assumeRoles(requests, sts);

      expect(sts.calls).toHaveLength(hop);
      expect(chained).toEqual({
        answer: { ...answer, detail: `hop ${hop}, ${roleArns[hop - 1]}: no` },
        hops: [1, 2].filter((before) => before < hop).map(hopOf),
      });
      expect(JSON.stringify(chained)).not.toContain('Canary');
    },
  );

  it.each(failures)('leaves a single answer as it is: $state, $errorCode', async (answer) => {
    expect(await assumeRoles(requests.slice(0, 1), anSts({ hop: 1, answer }))).toEqual({ answer, hops: [] });
  });

  it('calls nobody when there is no role to ask for', async () => {
    const sts = anSts();

    await expect(assumeRoles([], sts)).rejects.toThrow(TypeError);
    expect(sts.calls).toEqual([]);
  });

  it('shares nothing between chains at the same time', async () => {
    const sts = anSts();
    const chains = await Promise.all([assumeRoles(requests, sts), assumeRoles(requests, sts)]);

    expect(chains[0].hops).toEqual(chains[1].hops);
    expect(chains[0].hops).not.toBe(chains[1].hops);
    expect(sts.calls).toHaveLength(6);
  });
});
