import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toSourceIdentity } from '../../../lambda/core/source-identity.ts';

/** STS's own: AssumeRole, SourceIdentity. */
const stsPattern = /^[\w+=,.@-]{2,64}$/;

const issuers = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/),
  fc.constantFrom('a', 'aws', 'a-b', 'i'.repeat(24)),
);

/** What an issuer can give: 1–1024 characters; near the form of a source identity more often than by chance. */
const subjects = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
  fc.stringMatching(/^[\w+=,.@-]{1,80}$/),
  fc.string({ unit: fc.constantFrom('a', '.', '=', '-', ':', '/', ' '), minLength: 1, maxLength: 8 }),
);

const principals = fc.record({ issuer: issuers, subject: subjects });

describe('toSourceIdentity', () => {
  it.each([
    ['okta', 'alice@example.com', 'okta.alice@example.com'],
    ['a', 'b', 'a.b'],
    ['okta', 'a.b=c', 'okta.a.b=c'],
    ['okta', 's'.repeat(59), `okta.${'s'.repeat(59)}`],
  ])('is issuer and subject where %s and %s fit', (issuer, subject, expected) => {
    expect(toSourceIdentity({ issuer, subject })).toBe(expected);
  });

  it.each([
    [
      'github-actions',
      'repo:example/shop:ref:refs/heads/main',
      /^github-actions=repo-example-shop-ref-\.[A-Z2-7]{26}$/,
    ],
    ['okta', 's'.repeat(60), /^okta=s{32}\.[A-Z2-7]{26}$/],
    ['okta', 'ä', /^okta=-\.[A-Z2-7]{26}$/],
    ['i'.repeat(24), 's'.repeat(100), /^i{24}=s{12}\.[A-Z2-7]{26}$/],
    ['okta', 'aws:root', /^okta=aws-root\.[A-Z2-7]{26}$/],
    ['okta', 'a\nb', /^okta=a-b\.[A-Z2-7]{26}$/],
  ])('is a readable prefix and a hash where %s and %j do not', (issuer, subject, expected) => {
    expect(toSourceIdentity({ issuer, subject })).toMatch(expected);
  });

  it('does not change from release to release: the audit finds principals by it', () => {
    const subject = 'repo:example/shop:ref:refs/heads/main';

    expect(toSourceIdentity({ issuer: 'github-actions', subject })).toBe(
      'github-actions=repo-example-shop-ref-.IO6HHCDCVENB7VYLCZFBXMFEOR',
    );
  });

  it.each([
    [
      { issuer: 'okta', subject: 'a b' },
      { issuer: 'okta', subject: 'a-b' },
    ],
    [
      { issuer: 'okta', subject: 'a b' },
      { issuer: 'okta', subject: 'a\tb' },
    ],
    [
      { issuer: 'okta', subject: 'a b' },
      { issuer: 'okta', subject: 'a  b' },
    ],
    [
      { issuer: 'okta', subject: 'Alice' },
      { issuer: 'okta', subject: 'alice' },
    ],
    [
      { issuer: 'okta', subject: 's'.repeat(60) },
      { issuer: 'okta', subject: 's'.repeat(61) },
    ],
    [
      { issuer: 'okta', subject: 'é' },
      { issuer: 'okta', subject: 'e\u0301' },
    ],
    [
      { issuer: 'a', subject: 'b.c' },
      { issuer: 'a-b', subject: 'c' },
    ],
    [
      { issuer: 'okta', subject: 'x y' },
      { issuer: 'okta2', subject: 'x y' },
    ],
  ])('keeps %j and %j apart', (one, other) => {
    expect(toSourceIdentity(one)).not.toBe(toSourceIdentity(other));
  });

  it('keeps a subject apart that is written as the hashed form of another', () => {
    const hashed = toSourceIdentity({ issuer: 'okta', subject: 'a b' });

    for (const subject of [hashed, hashed.slice('okta'.length), hashed.slice('okta='.length)]) {
      expect(toSourceIdentity({ issuer: 'okta', subject })).not.toBe(hashed);
    }
  });

  it('fits STS and begins with nothing that AWS keeps for itself, for any principal', () => {
    fc.assert(
      fc.property(principals, (principal) => {
        const sourceIdentity = toSourceIdentity(principal);

        expect(sourceIdentity).toMatch(stsPattern);
        expect(sourceIdentity.toLowerCase().startsWith('aws:')).toBe(false);
        expect(sourceIdentity.split(/[.=]/)[0]).toBe(principal.issuer);
      }),
    );
  });

  it('is one for one principal and another for every other', () => {
    fc.assert(
      fc.property(principals, principals, (one, other) => {
        const isSame = one.issuer === other.issuer && one.subject === other.subject;

        expect(toSourceIdentity(one) === toSourceIdentity(other)).toBe(isSame);
      }),
      { numRuns: 1000 },
    );
  });

  it('is another for every other of many principals', () => {
    const many = fc.uniqueArray(principals, {
      minLength: 50,
      maxLength: 200,
      selector: ({ issuer, subject }) => `${issuer}\0${subject}`,
    });

    fc.assert(
      fc.property(many, (all) => {
        expect(new Set(all.map(toSourceIdentity)).size).toBe(all.length);
      }),
      { numRuns: 30 },
    );
  });
});
