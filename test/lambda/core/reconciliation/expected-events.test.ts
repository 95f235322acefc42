import { describe, expect, it } from '@jest/globals';
import type { Issuance } from '../../../../lambda/core/issuance.ts';
import { toExpectedCalls } from '../../../../lambda/core/reconciliation/expected-events.ts';
import { hops, outcomes } from '../../../support/an-issuance.ts';
import { aRow } from '../../../support/reconciling.ts';
import { brokerAccount } from '../../../support/trail-records.ts';

const gateway = hops[0].roleArn;
const relay = hops[1].roleArn;
const target = 'arn:aws:iam::444444444444:role/daypass/Target';
const chainOf = (outcome: Parameters<typeof aRow>[1], changes = {}) =>
  aRow({ roleArns: [gateway, relay, target], ...changes }, outcome);

describe('what must be found where', () => {
  const accounts = (row: Issuance) =>
    toExpectedCalls(row, brokerAccount).map((call) => [call.eventName, call.accounts, call.presence]);

  it.each([
    ['ISSUED', { ...outcomes.ISSUED, hops }, ['must', 'must', 'must']],
    ['REFUSED at the second hop', { ...outcomes.REFUSED, hops: [hops[0]] }, ['must', 'must', 'never']],
    ['FAILED at once', outcomes.FAILED, ['may', 'never', 'never']],
    ['UNKNOWN after the first hop', { ...outcomes.UNKNOWN, hops: [hops[0]] }, ['must', 'may', 'may']],
    ['PENDING', { state: 'PENDING' as const }, ['may', 'may', 'may']],
  ])('of a chain that is %s', (_state, outcome, presences) => {
    expect(accounts(chainOf(outcome)).map(([, , presence]) => presence)).toEqual(presences);
  });

  it('is the account of whoever calls, and of the role', () => {
    expect(accounts(chainOf({ ...outcomes.ISSUED, hops }))).toEqual([
      ['AssumeRole', [brokerAccount, '222222222222'], 'must'],
      ['AssumeRole', ['222222222222', '333333333333'], 'must'],
      ['AssumeRole', ['333333333333', '444444444444'], 'must'],
    ]);
  });

  it('is nowhere for what never came to STS', () => {
    expect(accounts({ ...aRow(), state: 'DENIED' })).toEqual([]);
    const { mechanism, ...control } = aRow({ purpose: 'integration' });
    expect(accounts(control)).toEqual([]);
  });

  it('is unknown for a caller whose account its subject does not say', () => {
    expect(accounts(aRow({ mechanism: 'session-token' }))).toEqual([['GetSessionToken', [], 'must']]);
  });
});
