import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { toNextHopPolicy } from '../../../lambda/core/next-hop-policy.ts';
import type { AssumeRoleRequest, StsAnswer } from '../../../lambda/core/ports.ts';
import { toRootTaskPolicy } from '../../../lambda/core/root-task-policy.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuedAnswer } from '../../support/an-issuance.ts';
import { anIssuing } from '../../support/issuing.ts';

const gateway = 'arn:aws:iam::222222222222:role/Gateway';
const rootTasks = 'arn:aws:iam::555555555555:role/RootTasks';
const taskPolicyArn = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials';

const accessKeyIdOf = ({ roleArn }: AssumeRoleRequest) =>
  roleArn === gateway ? 'ASIAGATEWAY000000000' : 'ASIATASKS00000000000';

const answer = (request: AssumeRoleRequest): StsAnswer => {
  const canaries = { secretAccessKey: 'Canary-secret', sessionToken: 'Canary-token' };
  return {
    ...anIssuedAnswer(request, { accessKeyId: accessKeyIdOf(request), ...canaries }),
    requestId: `of-${accessKeyIdOf(request)}`,
  };
};

const issue = (issuing: ReturnType<typeof anIssuing>, request: object = {}) =>
  issuing.issueCredentials(aPrincipal(), { profile: 'rooted', ...request }, anOrigin());

describe('issuing a root user', () => {
  it('is one intent, one call for each role and one for the root user, and one outcome', async () => {
    const issuing = anIssuing({ answer });

    const { intent } = await issue(issuing, { durationSeconds: 60 });

    expect(issuing.steps()).toEqual(['intent', 'request', 'request', 'root', 'outcome']);
    const { roleSessionName, sourceIdentity } = intent;
    const common = { durationSeconds: 900, sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] };
    expect(issuing.calls[1]).toEqual({
      request: {
        ...{ roleArn: gateway, roleSessionName, sourceIdentity, ...common },
        sessionPolicy: toNextHopPolicy(rootTasks, { withSourceIdentity: true, withTags: false }),
      },
    });
    expect(issuing.calls[2]).toEqual({
      request: {
        ...{ roleArn: rootTasks, roleSessionName, ...common },
        sessionPolicy: toRootTaskPolicy('aws', { targetPrincipal: '333333333333', taskPolicyArn }),
      },
      as: 'ASIAGATEWAY000000000',
    });
    expect(issuing.calls[3]).toEqual({
      root: { targetPrincipal: '333333333333', taskPolicyArn, durationSeconds: 60 },
      as: 'ASIATASKS00000000000',
    });
    expect(issuing.calls[4]).toMatchObject({
      outcome: {
        state: 'ISSUED',
        accessKeyId: 'ASIAROOT000000000000',
        hops: [
          { roleArn: gateway, stsRequestId: 'of-ASIAGATEWAY000000000', accessKeyId: 'ASIAGATEWAY000000000' },
          {
            roleArn: rootTasks,
            stsRequestId: 'of-ASIATASKS00000000000',
            accessKeyId: 'ASIATASKS00000000000',
          },
        ],
      },
    });
    expect(JSON.stringify(issuing.calls)).not.toContain('Canary');
  });

  it.each([gateway, rootTasks])('asks for no root user when %s is refused', async (roleArn) => {
    const refused: StsAnswer = { state: 'REFUSED', errorCode: 'AccessDenied', detail: 'PRIVATE' };
    const issuing = anIssuing({
      answer: (request) => (request.roleArn === roleArn ? refused : answer(request)),
    });

    await expect(issue(issuing)).rejects.toThrow(BrokerError);

    expect(issuing.steps()).not.toContain('root');
    expect(issuing.calls.at(-1)).toMatchObject({ outcome: { state: 'REFUSED' } });
  });

  it('says in the row that AssumeRoot was refused, with every session before it', async () => {
    const rootAnswer: StsAnswer = { state: 'REFUSED', errorCode: 'AccessDenied', detail: 'PRIVATE' };
    const issuing = anIssuing({ answer, rootAnswer });

    await expect(issue(issuing)).rejects.toMatchObject({ code: 'refused-by-sts' });

    expect(issuing.calls.at(-1)).toMatchObject({
      outcome: {
        state: 'REFUSED',
        detail: 'AssumeRoot of 333333333333: PRIVATE',
        hops: [{ roleArn: gateway }, { roleArn: rootTasks }],
      },
    });
  });
});
