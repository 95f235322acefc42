import { describe, expect, it } from '@jest/globals';
import { compilePolicy, identityPolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../lambda/core/policy/evaluate-policy.ts';
import { stsLimits } from '../../../lambda/core/sts-limits.ts';
import { toWebIdentityTokenPolicy } from '../../../lambda/core/web-identity-token-policy.ts';

const token = {
  audience: 'https://partner.example',
  durationSeconds: 300,
  signingAlgorithm: 'RS256',
  requestTags: { 'daypass:Principal': 'okta.alice', 'daypass:IssuanceId': 'A1' },
} as const;

const policy = compilePolicy(JSON.parse(toWebIdentityTokenPolicy(token)), identityPolicyGrammar);

const wanted: Readonly<Record<string, string | readonly string[]>> = {
  'sts:identitytokenaudience': ['https://partner.example'],
  'sts:durationseconds': '300',
  'sts:signingalgorithm': 'RS256',
  'aws:requesttag/daypass:principal': 'okta.alice',
  'aws:requesttag/daypass:issuanceid': 'A1',
};

const decide = (action: string, context = wanted, resource = '*') =>
  evaluatePolicy([policy], { action, resource, context: new Map(Object.entries(context)) }).effect;

describe('toWebIdentityTokenPolicy', () => {
  it('allows the one token, with its tags', () => {
    expect(decide('sts:GetWebIdentityToken')).toBe('Allow');
    expect(decide('sts:TagGetWebIdentityToken')).toBe('Allow');
  });

  it.each([
    ['another audience', { 'sts:identitytokenaudience': ['https://other.example'] }],
    ['a second audience', { 'sts:identitytokenaudience': [token.audience, 'https://other.example'] }],
    ['no audience', { 'sts:identitytokenaudience': [] }],
    ['a longer time', { 'sts:durationseconds': '301' }],
    ['another algorithm', { 'sts:signingalgorithm': 'ES384' }],
  ])('allows no token for %s', (_, changes) => {
    expect(decide('sts:GetWebIdentityToken', { ...wanted, ...changes })).toBe('ImplicitDeny');
  });

  it.each([
    ['another principal', { 'aws:requesttag/daypass:principal': 'okta.bob' }],
    ['another issuance', { 'aws:requesttag/daypass:issuanceid': 'A2' }],
  ])('allows no tags of %s', (_, changes) => {
    expect(decide('sts:TagGetWebIdentityToken', { ...wanted, ...changes })).toBe('ImplicitDeny');
  });

  it.each(['sts:AssumeRole', 'sts:GetFederationToken', 's3:GetObject', 'iam:CreateUser'])(
    'denies %s in words that a resource policy cannot outdo',
    (action) => {
      expect(decide(action, wanted, 'arn:aws:s3:::data/x')).toBe('ExplicitDeny');
    },
  );

  it('fits STS with the longest audience and principal that there are, in its characters', () => {
    const longest = toWebIdentityTokenPolicy({
      ...token,
      audience: 'a'.repeat(1000),
      durationSeconds: 3540,
      requestTags: { 'daypass:Principal': 'p'.repeat(256), 'daypass:IssuanceId': 'A'.repeat(26) },
    });

    expect(longest.length).toBeLessThanOrEqual(stsLimits.maxPolicyCharacters);
    expect(longest).toMatch(/^[\t\n\r\u0020-\u00ff]+$/);
  });
});
