import { describe, expect, it } from '@jest/globals';
import { judgeCanary } from '../../../lambda/core/judge-canary.ts';

const Credentials = {
  ...{ AccessKeyId: 'ASIACANARY', SecretAccessKey: 'canary-secret', SessionToken: 'canary-token' },
  Expiration: '2026-01-01T00:15:00Z',
};
const denied = { status: 403, body: { code: 'access-denied' } };

describe('judgeCanary', () => {
  it.each([
    ['credentials, for the one that should be allowed', 'allowed', { status: 200, body: { Credentials } }],
    ['a denial by policy, for the one that should be refused', 'refused', denied],
  ] as const)('passes %s', (_, expected, answer) => {
    expect(judgeCanary(expected, answer)).toMatchObject({ passed: true });
  });

  it.each([
    ['a denial', 'allowed', denied],
    ['200 without credentials', 'allowed', { status: 200, body: {} }],
    [
      '200 with half of them',
      'allowed',
      { status: 200, body: { Credentials: { ...Credentials, SessionToken: '' } } },
    ],
    ['200 that is no JSON', 'allowed', { status: 200, body: undefined }],
    ['credentials under an error', 'allowed', { status: 500, body: { Credentials } }],
    ['credentials', 'refused', { status: 200, body: { Credentials } }],
    ['credentials under a denial', 'refused', { status: 403, body: { code: 'access-denied', Credentials } }],
    ["the gateway's own refusal", 'refused', { status: 403, body: { code: 'refused-by-gateway' } }],
    [
      'a refusal by STS, which policy had let through to it',
      'refused',
      { status: 403, body: { code: 'refused-by-sts' } },
    ],
    ['a 403 that is no problem document', 'refused', { status: 403, body: undefined }],
    ['a throttled request', 'refused', { status: 429, body: { code: 'too-many-attempts' } }],
    ['a broken broker', 'refused', { status: 503, body: { code: 'audit-unavailable' } }],
    ['a denial with another status', 'refused', { status: 200, body: { code: 'access-denied' } }],
  ] as const)('fails %s, for the one that should be %s', (_, expected, answer) => {
    expect(judgeCanary(expected, answer)).toMatchObject({ passed: false });
  });

  it.each(['allowed', 'refused'] as const)(
    'says what it has seen, and nothing of the credentials: %s',
    (expected) => {
      const { seen } = judgeCanary(expected, { status: 200, body: { Credentials, code: 'secret canary' } });

      expect(seen).toBe('200 with credentials');
    },
  );
});
