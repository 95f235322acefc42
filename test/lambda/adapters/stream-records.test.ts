import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { toRowChanges } from '../../../lambda/adapters/stream-records.ts';

const tables = { issuances: 'Issuances', integrations: 'Integrations' };

const aRecord = (changes: object = {}, dynamodb: object = {}) => ({
  ...{
    eventID: '1',
    eventName: 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
  },
  eventSourceARN: 'arn:aws:dynamodb:eu-west-1:111111111111:table/Issuances/stream/2026-11-21T00:00:00.000',
  dynamodb: {
    Keys: marshall({ id: 'A' }),
    NewImage: marshall({ id: 'A', state: 'ISSUED', tags: { Team: 'web' }, size: 6 }),
    OldImage: marshall({ id: 'A', state: 'PENDING' }),
    ...{ SequenceNumber: '111', SizeBytes: 26, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    ...dynamodb,
  },
  ...changes,
});

const read = (...records: readonly object[]) => toRowChanges({ Records: records }, tables);

describe('records of a stream', () => {
  it('are changes of rows, in their order', () => {
    const [first, second] = read(aRecord(), aRecord({}, { SequenceNumber: '112' }));

    expect(first).toEqual({
      ...{ table: 'issuances', position: '111', key: 'A', isByDynamodb: false },
      before: { id: 'A', state: 'PENDING' },
      after: { id: 'A', state: 'ISSUED', tags: { Team: 'web' }, size: 6 },
    });
    expect(second?.position).toBe('112');
  });

  it('of a new row have nothing before, and of one that is gone nothing after', () => {
    expect(read(aRecord({}, { OldImage: undefined }))[0]).not.toHaveProperty('before');
    expect(read(aRecord({ eventName: 'REMOVE' }, { NewImage: undefined }))[0]).not.toHaveProperty('after');
  });

  it('know a row by all of its key', () => {
    const eventSourceARN = 'arn:aws:dynamodb:eu-west-1:111111111111:table/Integrations/stream/x';

    expect(
      read(aRecord({ eventSourceARN }, { Keys: marshall({ name: 'acme', version: 3 }) }))[0],
    ).toMatchObject({
      ...{ table: 'integrations', key: 'acme/3' },
    });
  });

  it('of an attribute that JavaScript cannot hold keep up no other, and say nothing of it', () => {
    const broken = { ...marshall({ id: 'A' }), size: { N: '12345678901234567890.5' } };
    const changes = read(
      aRecord({}, { NewImage: broken }),
      aRecord({}, { OldImage: broken }),
      aRecord({ eventName: 'REMOVE' }, { OldImage: broken, NewImage: undefined }),
      aRecord({}, { Keys: { name: { S: 'acme' }, version: { N: '12345678901234567890.5' } } }),
    );

    expect(changes).toMatchObject([
      { key: 'A', unreadable: ['after'], before: { state: 'PENDING' }, after: {} },
      { key: 'A', unreadable: ['before'], after: { id: 'A', state: 'ISSUED' } },
      { key: 'A', unreadable: ['before'] },
      { key: 'acme/12345678901234567890.5', after: { state: 'ISSUED' } },
    ]);
    expect(changes[0]?.after).toEqual({});
    expect(changes[1]).not.toHaveProperty('before');
    expect(changes[2]).not.toHaveProperty('after');
    expect(changes[3]).not.toHaveProperty('unreadable');
  });

  it.each<[string, object | null | undefined, boolean]>([
    ['DynamoDB itself', { type: 'Service', principalId: 'dynamodb.amazonaws.com' }, true],
    ['a person', undefined, false],
    ['a person, told as null', null, false],
    ['another service', { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' }, false],
    ['somebody who is called so', { type: 'User', principalId: 'dynamodb.amazonaws.com' }, false],
  ])('tell who took a row away: %s', (_who, userIdentity, isByDynamodb) => {
    expect(read(aRecord({ eventName: 'REMOVE', userIdentity }))[0]?.isByDynamodb).toBe(isByDynamodb);
  });

  it('tell when, as far as DynamoDB does', () => {
    const [told, untold] = read(aRecord({}, { ApproximateCreationDateTime: 90_000.5 }), aRecord());

    expect(told?.atSeconds).toBe(90_000.5);
    expect(untold).not.toHaveProperty('atSeconds');
  });

  it.each([
    ['of another table', 'arn:aws:dynamodb:eu-west-1:111111111111:table/Proofs/stream/x'],
    [
      'of a table whose name begins the same',
      'arn:aws:dynamodb:eu-west-1:111111111111:table/Issuances2/stream/x',
    ],
    ['of no table', 'arn:aws:kinesis:eu-west-1:111111111111:stream/Issuances'],
  ])('are refused where one is %s', (_what, eventSourceARN) => {
    expect(() => read(aRecord({ eventSourceARN }))).toThrow('a record of a table whose changes are not told');
  });

  it.each([
    undefined,
    null,
    {},
    { Records: {} },
    { Records: [{}] },
    { Records: [aRecord({ eventName: 'READ' })] },
  ])('are refused where the event is none of a stream: %j', (event) => {
    expect(() => toRowChanges(event, tables)).toThrow();
  });
});
