import { describe, expect, it } from '@jest/globals';
import { findNearestMiss } from '../../../lambda/core/find-nearest-miss.ts';
import { toProfileContext, toRequestContext } from '../../../lambda/core/request-context.ts';
import { aConfiguration, aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { nowMs } from '../../support/tokens.ts';

const allow = (Condition: Readonly<Record<string, unknown>>, Sid?: string) => ({
  ...(Sid === undefined ? {} : { Sid }),
  Effect: 'Allow',
  Principal: { Federated: 'okta' },
  Condition,
});
const subject = { StringEquals: { 'daypass:Subject': 'bob@example.com' } };
const group = { 'ForAnyValue:StringEquals': { 'claims:groups': ['sre'] } };
const reason = { StringLikeIfExists: { 'daypass:Reason': 'INC-*' } };

function missOf(trust: readonly unknown[], principal = aPrincipal(), narrowing = {}) {
  const { issuers } = aConfigurationDocument();
  const { profiles } = aConfiguration({
    issuers: {
      okta: { ...issuers.okta, claims: { groups: { claim: '/groups', type: 'list' } } },
      ci: { type: 'oidc', issuer: 'https://ci.example.com', audience: 'daypass' },
    },
    profiles: { 'prod-readonly': aProfileDocument({ trust }) },
  });
  const profile = profiles.get('prod-readonly');
  if (profile === undefined) throw new TypeError('the configuration has lost its profile');
  const context = toProfileContext(
    toRequestContext(principal, anOrigin(), nowMs),
    { principal, profile },
    narrowing,
  );
  return findNearestMiss(profile.trust, principal, context);
}

describe('findNearestMiss', () => {
  it('names the Allow with the fewest failed conditions, and those by operator and key', () => {
    const trust = [
      allow({ ...subject, ...group }, 'Both'),
      allow(group, 'Group'),
      allow({ ...group, ...subject }),
    ];

    expect(missOf(trust)).toEqual({
      statement: 'Group',
      failed: ['ForAnyValue:StringEquals claims:groups'],
    });
  });

  it('leaves out what holds, and the values of everybody', () => {
    const trust = [allow({ ...subject, ...reason, Bool: { 'daypass:MultiFactorAuthPresent': 'true' } })];

    const miss = missOf(trust, aPrincipal({ claims: { groups: ['secret'] } }), { reason: 'because' });

    expect(miss).toEqual({
      statement: 'trust[0]',
      failed: ['StringEquals daypass:Subject', 'StringLikeIfExists daypass:Reason'],
    });
    expect(JSON.stringify(miss)).not.toMatch(/bob|alice|INC|because|secret/);
  });

  it('takes the first of several that are equally near', () => {
    expect(missOf([allow(subject, 'One'), allow(group, 'Two')])?.statement).toBe('One');
  });

  it('prefers a statement on the issuer of the caller to one that others alone can meet', () => {
    const trust = [
      { Effect: 'Allow', Principal: { Federated: 'ci' } },
      allow({ ...subject, ...group }, 'Mine'),
    ];
    const failed = ['StringEquals daypass:Subject', 'ForAnyValue:StringEquals claims:groups'];

    expect(missOf(trust)).toEqual({ statement: 'Mine', failed });
    expect(missOf(trust.slice(0, 1))).toEqual({ statement: 'trust[0]', failed: ['Principal'] });
  });

  it('passes over Denies, and finds nothing where there is no Allow', () => {
    const deny = { Effect: 'Deny', Principal: '*', Condition: subject };

    expect(missOf([deny])).toBeUndefined();
    expect(missOf([deny, allow(group, 'Group')])?.statement).toBe('Group');
  });
});
