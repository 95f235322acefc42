import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ulid } from 'ulid';
import {
  fromItem,
  toDayKey,
  toItem,
  toOpenKey,
  toShardKeys,
  ulidAlphabet,
} from '../../../lambda/adapters/issuance-item.ts';
import { dayShards } from '../../../lambda/adapters/issuance-table.ts';
import { anId, anIntent, anIssuance, hops, outcomes } from '../../support/an-issuance.ts';
import { nowMs } from '../../support/tokens.ts';

describe('item of an issuance', () => {
  it.each(Object.values(outcomes))('holds the whole of one of state $state', (outcome) => {
    const { nonce, ...intent } = anIntent();

    expect(fromItem(toItem({ ...intent, nonce, ...outcome }))).toEqual({ ...intent, ...outcome });
  });

  it.each(Object.values(outcomes))('holds the sessions on the way of one of state $state', (outcome) => {
    const issuance = { ...anIssuance(), ...outcome, hops: [...hops] };

    expect(fromItem(toItem(issuance))).toEqual(issuance);
  });

  it('says what it was for, where that was not the credentials', () => {
    const issuance = anIssuance({ purpose: 'console' });

    expect(fromItem(toItem(issuance))).toEqual(issuance);
    expect(fromItem(toItem(anIssuance()))).not.toHaveProperty('purpose');
  });

  it('shows neither its nonce nor its index keys', () => {
    const item = toItem({ ...anIntent(), state: 'PENDING', open: 'PENDING#00', day: 'd', principalId: 'p' });

    expect(Object.keys(fromItem(item))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(nonce|open|day|principalId)$/)]),
    );
  });

  it('leaves out what is undefined', () => {
    expect(toItem({ id: anId, reason: undefined })).toEqual({ id: { S: anId } });
  });

  it('keeps any text as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary', minLength: 1 }),
        (reason, subject) => {
          const issuance = anIssuance({ reason, principal: { issuer: 'okta', subject } });

          expect(fromItem(toItem(issuance))).toEqual(issuance);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['id', undefined],
    ['id', 1],
    ['state', undefined],
    ['state', 'issued'],
    ['purpose', 'Console'],
    ['purpose', ''],
    ['createdAt', undefined],
    ['principal', undefined],
    ['principal', { issuer: 'okta' }],
    ['principal', 'okta.alice'],
    ['sourceIp', undefined],
    ['sourceIp', undefined],
    ['expiresAtSeconds', undefined],
    ['expiresAtSeconds', '1767225600'],
    ['mechanism', 'magic'],
    ['roleArns', 'arn:aws:iam::222222222222:role/daypass/ReadOnly'],
    ['roleArns', [1]],
    ['sessionTags', { Team: 1 }],
    ['durationSeconds', '900'],
    ['accessKeyId', null],
    ['packedPolicySize', 'six'],
    ['hops', 'ASIAGATEWAY000000000'],
    ['hops', [{ ...hops[0], accessKeyId: undefined }]],
    ['hops', [{ ...hops[0], stsRequestId: 1 }]],
  ])('is unreadable, not shown without it, when its %s is %j', (name, value) => {
    expect(() => fromItem(toItem({ ...anIssuance(), [name]: value }))).toThrow();
  });
});

describe('shards', () => {
  it('of a day are as many as the table says, each once', () => {
    const keys = toShardKeys('2026-01-01');

    expect(new Set(keys).size).toBe(dayShards);
    expect(keys).toContain('2026-01-01#00');
    expect(keys).toContain('2026-01-01#15');
  });

  it('of any id are among those of its day', () => {
    const keys = new Set(toShardKeys('2026-01-01'));
    const ids = Array.from({ length: 500 }, () => ulid(nowMs));

    expect(ids.filter((id) => !keys.has(toDayKey(id, '2026-01-01T23:59:59.999Z')))).toEqual([]);
  });

  it('are all used alike, for days and for open rows', () => {
    const ids = [...ulidAlphabet].map((last) => anId.slice(0, 25) + last);
    const count = (keys: readonly string[]) =>
      Object.values(Object.groupBy(keys, (key) => key.split('#')[1] ?? '')).map((group) => group?.length);

    const alike = Array.from({ length: dayShards }, () => ids.length / dayShards);
    expect(count(ids.map((id) => toDayKey(id, '2026-01-01')))).toEqual(alike);
    expect(count(ids.map((id) => toOpenKey('PENDING', id)))).toEqual(alike);
  });

  it('of an id are the same while it is pending and until it is matched', () => {
    expect(toOpenKey('PENDING', anId).split('#')[1]).toBe(toOpenKey('UNMATCHED', anId).split('#')[1]);
  });
});
