import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toWebIdentityClaims, toWebIdentitySubject } from '../../../lambda/core/web-identity-claims.ts';
import { anId, anIntent } from '../../support/an-issuance.ts';

const issuer = 'https://daypass.example.com/prod';

describe('toWebIdentityClaims', () => {
  it('are for STS alone, for five minutes, and name the issuance', () => {
    const claims = toWebIdentityClaims(anIntent({ createdAt: '2026-01-01T00:00:00.900Z' }), { issuer });

    expect(claims).toMatchObject({
      iss: issuer,
      aud: 'sts.amazonaws.com',
      jti: anId,
      iat: 1767225600,
      exp: 1767225900,
    });
  });

  it("carry tags and source identity under AWS's names", () => {
    const intent = anIntent({
      sessionTags: { Team: 'payments', Purpose: 'audit' },
      transitiveTagKeys: ['Team'],
      sourceIdentity: 'okta.alice@example.com',
    });

    expect(toWebIdentityClaims(intent, { issuer })).toMatchObject({
      'https://aws.amazon.com/tags': {
        principal_tags: { Team: ['payments'], Purpose: ['audit'] },
        transitive_tag_keys: ['Team'],
      },
      'https://aws.amazon.com/source_identity': 'okta.alice@example.com',
    });
  });

  it('leave out what there is none of', () => {
    const { sourceIdentity: _, ...intent } = anIntent({ sessionTags: {}, transitiveTagKeys: [] });

    expect(Object.keys(toWebIdentityClaims(intent, { issuer }))).toEqual([
      ...['iss', 'aud', 'sub', 'jti', 'iat', 'exp'],
    ]);
  });
});

describe('toWebIdentitySubject', () => {
  it.each([
    ['okta', 'alice@example.com', 'okta:alice@example.com'],
    [
      'github-actions',
      'repo:example/shop:ref:refs/heads/main',
      'github-actions:repo:example/shop:ref:refs/heads/main',
    ],
    ['okta', 'a'.repeat(250), `okta:${'a'.repeat(250)}`],
    ['o', 'abcd', 'o:abcd'],
  ])('of %s and %s is plain', (name, subject, expected) => {
    expect(toWebIdentitySubject({ issuer: name, subject })).toBe(expected);
  });

  it.each([
    ['too long', 'a'.repeat(251)],
    ['too short for STS', ''],
    ['a wildcard', 'alice*'],
    ['a question mark', 'alice?'],
    ['a variable', '${aws:username}'],
    ['a space', 'alice bob'],
    ['a quote', 'alice"'],
    ['another script', 'алиса@example.com'],
    ['a line end', 'alice\n'],
    ['the mark of a hashed one', '=alice.AAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ])('is hashed where the subject has %s', (_, subject) => {
    const hashed = toWebIdentitySubject({ issuer: 'okta', subject });

    expect(hashed).toMatch(/^okta:=[\w+=,.@-]{0,64}\.[A-Z2-7]{26}$/);
    expect(toWebIdentitySubject({ issuer: 'okta', subject })).toBe(hashed);
  });

  it('is of 6–255 characters, and another for every other principal', () => {
    const principal = fc.record({
      issuer: fc.stringMatching(/^[a-z][a-z0-9-]{0,23}$/),
      subject: fc.oneof(
        fc.string({ minLength: 1 }),
        fc.stringMatching(/^=?[\w.:=-]{1,40}$/),
        fc.constantFrom('a', 'a:b', '=a', ':a', 'a'.repeat(253), 'a'.repeat(254)),
      ),
    });
    fc.assert(
      fc.property(principal, principal, (one, other) => {
        const [a, b] = [toWebIdentitySubject(one), toWebIdentitySubject(other)];
        expect(a.length).toBeGreaterThanOrEqual(6);
        expect(a.length).toBeLessThanOrEqual(255);
        expect(a.startsWith(`${one.issuer}:`)).toBe(true);
        // Nobody's subject is what another's becomes.
        const echoed = toWebIdentitySubject({ ...one, subject: a.slice(one.issuer.length + 1) });
        expect(echoed === a).toBe(a === `${one.issuer}:${one.subject}`);
        const isSame = one.issuer === other.issuer && one.subject === other.subject;
        expect(a === b).toBe(isSame);
      }),
    );
  });
});
