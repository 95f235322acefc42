import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toRequestTags } from '../../../lambda/core/request-tags.ts';
import { stsLimits } from '../../../lambda/core/sts-limits.ts';
import { anId } from '../../support/an-issuance.ts';

const principalTag = (issuer: string, subject: string) =>
  toRequestTags({ id: anId, principal: { issuer, subject } })['daypass:Principal'];

const principals = fc.record({
  issuer: fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/),
  subject: fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }),
    fc.stringMatching(/^[\w .:/=+@,-]{1,300}$/),
    fc.string({ unit: fc.constantFrom('a', '.', '=', ',', '|'), minLength: 1, maxLength: 6 }),
  ),
});

describe('toRequestTags', () => {
  it('names the issuance', () => {
    const tags = toRequestTags({ id: anId, principal: { issuer: 'okta', subject: 'a' } });

    expect(tags).toEqual({ 'daypass:Principal': 'okta.a', 'daypass:IssuanceId': anId });
  });

  it.each([
    ['okta', 'alice@example.com', 'okta.alice@example.com'],
    [
      'github-actions',
      'repo:example/shop:ref:refs/heads/main',
      'github-actions.repo:example/shop:ref:refs/heads/main',
    ],
    ['okta', 's'.repeat(251), `okta.${'s'.repeat(251)}`],
  ])('names a principal of %s as it is where a tag can hold %s', (issuer, subject, expected) => {
    expect(principalTag(issuer, subject)).toBe(expected);
  });

  it.each([
    ['auth0|1234', /^okta=auth0-1234\.[A-Z2-7]{26}$/],
    ['a,b', /^okta=a-b\.[A-Z2-7]{26}$/],
    ['ä', /^okta=-\.[A-Z2-7]{26}$/],
    ['s'.repeat(252), /^okta=s{64}\.[A-Z2-7]{26}$/],
  ])('names it by a readable prefix and a hash where it cannot hold %s', (subject, expected) => {
    expect(principalTag('okta', subject)).toMatch(expected);
  });

  it('is a tag that STS takes, whoever it is', () => {
    fc.assert(
      fc.property(principals, ({ issuer, subject }) => {
        const tags = toRequestTags({ id: anId, principal: { issuer, subject } });
        for (const [key, value] of Object.entries(tags)) {
          expect(key).toMatch(stsLimits.tagKey.pattern);
          expect(value).toMatch(stsLimits.tagValue.pattern);
        }
      }),
    );
  });

  it('makes no two principals one, not even one that is named like the other’s hash', () => {
    fc.assert(
      fc.property(principals, principals, (one, other) => {
        const isSame = one.issuer === other.issuer && one.subject === other.subject;
        const [a, b] = [one, other].map(({ issuer, subject }) => principalTag(issuer, subject));
        expect(a === b).toBe(isSame);
      }),
      {
        examples: [
          [
            { issuer: 'okta', subject: 'a|b' },
            { issuer: 'okta', subject: 'a,b' },
          ],
        ],
      },
    );
    const hashed = principalTag('okta', 'a|b');
    const [, like = ''] = /^okta=(.*)$/.exec(hashed) ?? [];
    expect([principalTag('okta', like), principalTag('okta', `=${like}`)]).not.toContain(hashed);
  });
});
