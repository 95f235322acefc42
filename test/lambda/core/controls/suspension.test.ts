import { describe, expect, it } from '@jest/globals';
import {
  findTargetKey,
  type SuspensionTarget,
  toSuspensionId,
  toTargetKey,
} from '../../../../lambda/core/controls/suspension.ts';

const targets: readonly SuspensionTarget[] = [
  { kind: 'everything' },
  { kind: 'principal', issuer: 'okta', subject: 'a/b#c.d?e %2f' },
  { kind: 'profile', name: 'prod-readonly' },
  { kind: 'issuer', name: 'okta' },
  { kind: 'integration', name: 'globex' },
];

describe('the id of a suspension', () => {
  it.each(targets)('of %j goes into a path as it is, and leads back to the key', (target) => {
    const id = toSuspensionId(target);

    expect(encodeURIComponent(id)).toBe(id);
    expect(findTargetKey(id)).toBe(toTargetKey(target));
  });

  it.each([
    'Everything',
    'everything.',
    'profile#prod',
    'profile.',
    'profile.Prod',
    'profile.a.b',
    'principal.short',
    'revocation.01KDVDPJ0000000000000000A0',
    'external-id.x',
    'integration.Globex',
    'integration.',
    `integration.${'g'.repeat(25)}`,
    '',
  ])('is not %j', (id) => {
    expect(findTargetKey(id)).toBeUndefined();
  });

  it('is another one for each issuer and subject', () => {
    const keys = [
      { issuer: 'a', subject: 'b.c' },
      { issuer: 'a', subject: 'b' },
      { issuer: 'b', subject: 'b' },
      { issuer: 'a', subject: 'B' },
    ].map((principal) => toTargetKey({ kind: 'principal', ...principal }));

    expect(new Set(keys).size).toBe(4);
  });
});
