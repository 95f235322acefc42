import { describe, expect, it } from '@jest/globals';
import {
  aConfiguration,
  aConfigurationDocument,
  aProfile,
  aProfileDocument,
} from '../../support/a-configuration.ts';
import { linesOf } from '../../support/problems-of.ts';

const linesOfProfile = (keys: object) =>
  linesOf(
    aConfigurationDocument({ profiles: { long: aProfileDocument({ mechanism: 'web-identity', ...keys }) } }),
  );

describe('a profile of mechanism web-identity', () => {
  it.each([900, 901, 3601, 43_199, 43_200])('may last %i seconds', (maxSeconds) => {
    const profile = aProfile({ mechanism: 'web-identity', duration: { defaultSeconds: 900, maxSeconds } });

    expect(profile.duration.maxSeconds).toBe(maxSeconds);
  });

  it.each([899, 43_201])('may not last %i seconds', (maxSeconds) => {
    expect(linesOfProfile({ duration: { defaultSeconds: 900, maxSeconds } })).toContainEqual(
      `profiles.long.duration.maxSeconds: ${maxSeconds} is not allowed; allowed: an integer, 900–43200 seconds`,
    );
  });

  it('lasts an hour at most unless it says more, as roles do', () => {
    expect(aProfile({ mechanism: 'web-identity' }).duration).toEqual({
      defaultSeconds: 900,
      maxSeconds: 3600,
    });
  });

  it('has neither via nor ExternalId, and says why', () => {
    const lines = linesOfProfile({ via: ['arn:aws:iam::222222222222:role/Gateway'], externalId: 'abc' });

    expect(lines).toEqual([
      expect.stringMatching(/^profiles\.long\.via: .* role chaining, for an hour at most/),
      expect.stringMatching(/^profiles\.long\.externalId: .* AssumeRoleWithWebIdentity takes no ExternalId/),
    ]);
  });

  it.each([
    [[], 'one name, or two during a rotation'],
    [['a', 'b', 'c'], 'one name, or two during a rotation'],
    [['a', 'a'], 'each name once'],
    [['A'], '1–16 characters of a–z, 0–9 and -, beginning with a letter'],
  ])('has no keys named %j', (keys, allowed) => {
    expect(linesOf(aConfigurationDocument({ webIdentity: { keys } })).join('\n')).toContain(allowed);
  });

  it('has the first key unless the configuration names others', () => {
    expect(aConfiguration().webIdentity.keys).toEqual(['first']);
    expect(aConfiguration({ webIdentity: { keys: ['second', 'first'] } }).webIdentity.keys).toEqual([
      ...['second', 'first'],
    ]);
  });
});
