import { describe, expect, it } from '@jest/globals';
import { createAnswerRevokeTask } from '../../../../lambda/core/controls/answer-revoke-task.ts';
import { anId } from '../../../support/an-issuance.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';

const deployment = { accountId: '111111111111', region: 'eu-west-1', partition: 'aws', stage: 'prod' };
const roleArn = 'arn:aws:iam::111111111111:role/daypass/Tables';
const policyName = `daypass-revoked-${anId}`;
const ends = [{ userIds: [`*:alice-${anId}-0123456789abcdef`] }];
const apply = { task: 'apply', roleArn, policyName, ends };

function aRevoker() {
  const calls: unknown[] = [];
  const answer = createAnswerRevokeTask({
    deployment,
    policies: {
      put: async (...put) => {
        calls.push(put);
        return { state: 'DONE' };
      },
      delete: async (...deleted) => {
        calls.push(deleted);
        return { state: 'DONE' };
      },
    },
    logger: aRecordingLogger(),
  });
  return { answer, calls };
}

describe('the revoker', () => {
  it('puts a Deny for the sessions that it is told, and nothing else', async () => {
    const { answer, calls } = aRevoker();

    expect(await answer(apply)).toEqual({ state: 'DONE' });

    const [[name, policy, document]] = calls as [[string, string, string]];
    expect([name, policy]).toEqual(['Tables', policyName]);
    expect(JSON.parse(document).Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Condition: { StringLike: { 'aws:userid': ends[0]?.userIds } },
      }),
    ]);
  });

  it('takes one off', async () => {
    const { answer, calls } = aRevoker();

    await answer({ task: 'remove', roleArn, policyName });

    expect(calls).toEqual([['Tables', policyName]]);
  });

  it.each([
    'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
    'arn:aws:iam::111111111111:role/daypass/daypass-test-eu-west-1-issuer',
    'arn:aws:iam::111111111111:role/daypass/Daypass-prod-eu-west-1-issuer',
    'arn:aws:iam::111111111111:role/daypass/deeper/DAYPASS-prod-eu-west-1-issuer',
    'arn:aws:iam::111111111111:role/Tables',
    'arn:aws:iam::111111111111:role/daypassing/Tables',
    'arn:aws:iam::222222222222:role/daypass/Tables',
    'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator',
    'arn:aws-cn:iam::111111111111:role/daypass/Tables',
    'arn:aws:iam::111111111111:role/daypass/',
  ])('does nothing to %s', async (elsewhere) => {
    const { answer, calls } = aRevoker();

    expect(await answer({ ...apply, roleArn: elsewhere })).toMatchObject({
      state: 'FAILED',
      isCertain: true,
    });
    expect(await answer({ task: 'remove', policyName, roleArn: elsewhere })).toMatchObject({
      state: 'FAILED',
    });
    expect(calls).toEqual([]);
  });

  it.each([
    [{}],
    [null],
    ['apply'],
    [{ ...apply, task: 'put' }],
    [{ ...apply, document: '{}' }],
    [{ ...apply, policyName: 'Permissions' }],
    [{ ...apply, policyName: 'daypass-revoked-' }],
    [{ ...apply, ends: [] }],
    [{ ...apply, ends: [{}] }],
    [{ ...apply, ends: [{ userIds: [] }] }],
    [{ ...apply, ends: [{ userIds: ['*'] }] }],
    [{ ...apply, ends: [{ userIds: ['*:*'] }] }],
    [{ ...apply, ends: [{ userIds: ['*:a?'] }] }],
    [{ ...apply, ends: [{ sourceIdentity: '*' }] }],
    [{ ...apply, ends: [{ ...ends[0], effect: 'Allow' }] }],
    [{ task: 'remove', roleArn, policyName: 'Permissions' }],
    [{ resource: '/v1/revocations', httpMethod: 'POST', requestContext: {} }],
  ])('refuses %j', async (event) => {
    const { answer, calls } = aRevoker();

    await expect(answer(event)).rejects.toThrow(TypeError);
    expect(calls).toEqual([]);
  });
});
