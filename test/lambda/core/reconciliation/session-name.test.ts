import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toProberSessionName } from '../../../../lambda/core/integrations/plan-probe.ts';
import {
  parseSessionArn,
  parseSessionName,
  toArnAccount,
} from '../../../../lambda/core/reconciliation/session-name.ts';
import { toRoleSessionName } from '../../../../lambda/core/role-session-name.ts';
import { anId, anIntent } from '../../../support/an-issuance.ts';

describe('a name of ours', () => {
  it('is read whatever the subject and the digest look like', () => {
    const subjects = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(subjects, fc.boolean(), (subject, subjectInSessionName) => {
        const name = toRoleSessionName(anIntent({ principal: { issuer: 'okta', subject } }), {
          subjectInSessionName,
        });
        expect(parseSessionName(name)).toEqual({ issuanceId: anId, digest: name.slice(-16) });
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    [`${anId}-_-_-_-_-_-_-_-_-`, { issuanceId: anId, digest: '_-_-_-_-_-_-_-_-' }],
    [`a-${anId}-----------------`, { issuanceId: anId, digest: '-'.repeat(16) }],
    [`${anId}-ab-_9`, { issuanceId: anId, digest: 'ab-_9' }],
    [toProberSessionName({ probe: 'no-id', issuanceId: anId }), { issuanceId: anId }],
    [`daypass-probe-${anId}-0123456789abcdef`, { issuanceId: anId, digest: '0123456789abcdef' }],
  ])('%s is read', (name, read) => {
    expect(parseSessionName(name)).toEqual(read);
  });

  it.each([
    'alice',
    anId,
    `${anId}-0123456789abcde`,
    `x${anId}-0123456789abcdef`,
    `${anId.toLowerCase()}-0123456789abcdef`,
    `8${anId.slice(1)}-0123456789abcdef`,
    `${anId.replace('A', 'I')}-0123456789abcdef`,
    `a-${anId}-ab-_9`,
    `${anId}-0123456789abcdef `,
    `other-probe-no-id-${anId}`,
  ])('%j is none', (name) => {
    expect(parseSessionName(name)).toBeUndefined();
  });
});

describe('ARNs', () => {
  it("give a session's role and name", () => {
    expect(parseSessionArn('arn:aws-cn:sts::111111111111:assumed-role/Role/session@x')).toEqual({
      accountId: '111111111111',
      roleName: 'Role',
      sessionName: 'session@x',
    });
  });

  it.each(['arn:aws:iam::111111111111:role/Role', 'arn:aws:sts::111111111111:federated-user/x', '', 'x'])(
    'of %j give no session',
    (arn) => {
      expect(parseSessionArn(arn)).toBeUndefined();
    },
  );

  it('give their account, and what is none gives none', () => {
    expect(toArnAccount('arn:aws:iam::222222222222:role/x/y')).toBe('222222222222');
    expect(toArnAccount('alice@example.com')).toBeUndefined();
    expect(toArnAccount('arn:aws:iam::2222:role/x')).toBeUndefined();
  });
});
