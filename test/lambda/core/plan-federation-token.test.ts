import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FederationTokenProfile } from '../../../lambda/core/configuration.ts';
import { planFederationToken } from '../../../lambda/core/plan-federation-token.ts';
import type { SessionIntent } from '../../../lambda/core/plan-session.ts';
import { toIntentDigest } from '../../../lambda/core/role-session-name.ts';
import { stsLimits } from '../../../lambda/core/sts-limits.ts';
import { aProfile } from '../../support/a-configuration.ts';
import { anId, anIntent } from '../../support/an-issuance.ts';
import { aFederatedProfileDocument } from '../../support/federating.ts';

const profile = aProfile(aFederatedProfileDocument()) as FederationTokenProfile;

function anUnnamed(changes: Partial<SessionIntent> = {}): SessionIntent {
  const { roleSessionName, sourceIdentity, ...intent } = anIntent({ roleArns: [], transitiveTagKeys: [] });
  return { ...intent, mechanism: 'federation-token', durationSeconds: 900, ...changes };
}

const plan = (intent = anUnnamed()) => planFederationToken(profile, { intent, sessionPolicy: '{}' });
const nameOf = (intent: SessionIntent) => plan(intent).request.name;

const ulids = fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);

const intents = fc
  .record({
    id: ulids,
    subject: fc.string({ maxLength: 256 }),
    issuer: fc.string(),
    reason: fc.string(),
    userAgent: fc.string(),
    tag: fc.string(),
    durationSeconds: fc.integer({ min: 900, max: 129_600 }),
  })
  .map(({ id, subject, issuer, tag, ...others }) =>
    anUnnamed({ id, principal: { issuer, subject }, sessionTags: { Team: tag }, ...others }),
  );

describe('the name of a federated user', () => {
  it('leads to the issuance and to the digest of its intent', () => {
    const name = nameOf(anUnnamed());

    expect(name).toBe(`${anId}-${toIntentDigest(anUnnamed()).slice(0, 5)}`);
    expect(name).toHaveLength(32);
    expect(plan().intent.roleSessionName).toBe(name);
  });

  it('is one that STS takes, and nothing of the principal is in it', () => {
    fc.assert(
      fc.property(intents, (intent) => {
        const name = nameOf(intent);
        expect(name).toMatch(stsLimits.federatedUserName.pattern);
        expect(name.slice(0, 26)).toBe(intent.id);
        expect(name).toHaveLength(stsLimits.federatedUserName.maxLength);
      }),
    );
  });

  it('is no other intent’s', () => {
    fc.assert(
      fc.property(intents, intents, (one, another) => {
        fc.pre(one.id !== another.id);
        expect(nameOf(one)).not.toBe(nameOf(another));
      }),
    );
  });

  it('is another once the row is edited', () => {
    const name = nameOf(anUnnamed());

    expect(nameOf(anUnnamed({ reason: 'incident 43' }))).not.toBe(name);
    expect(nameOf(anUnnamed({ principal: { issuer: 'okta', subject: 'bob@example.com' } }))).not.toBe(name);
    expect(nameOf(anUnnamed({ durationSeconds: 901 }))).not.toBe(name);
    expect(nameOf(anUnnamed({ sessionPolicySha256: 'cd'.repeat(32) }))).not.toBe(name);
  });

  it.each([
    ['a', false],
    ['ab', true],
    ['abc', true],
    ['a'.repeat(31), true],
    ['a'.repeat(32), true],
    ['a'.repeat(33), false],
    ['with space', false],
    ['with/slash', false],
  ])('%s fits STS: %s', (name, fits) => {
    expect(stsLimits.federatedUserName.pattern.test(name)).toBe(fits);
  });
});

describe('the plan of a federation token', () => {
  it('is not made without a session policy: the session would have all that the federator has', () => {
    expect(() => planFederationToken(profile, { intent: anUnnamed() })).toThrow(TypeError);
  });
});
