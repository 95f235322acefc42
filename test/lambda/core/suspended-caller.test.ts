import { describe, expect, it } from '@jest/globals';
import { decideTrust } from '../../../lambda/core/decide-issuance.ts';
import { AccessDeniedError, IntegrationSuspendedError } from '../../../lambda/core/errors.ts';
import { createListProfiles } from '../../../lambda/core/list-profiles.ts';
import { parsePrincipal } from '../../../lambda/core/parse-principal.ts';
import { toRequestContext } from '../../../lambda/core/request-context.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuing, issuingConfiguration } from '../../support/issuing.ts';
import { nowMs } from '../../support/tokens.ts';

const aThirdParty = (suspension?: { readonly reason: string }) =>
  aPrincipal({
    ...{ issuer: 'acme', subject: 'acme', mfa: false, proofId: 'p'.repeat(43) },
    integration: {
      keyThumbprint: 't'.repeat(43),
      ...(suspension === undefined ? {} : { suspension }),
    },
  });

const suspended = aThirdParty({ reason: 'the contract has ended' });

describe('a third party whose integration is suspended', () => {
  it.each(['shared', 'prod-readonly', 'nowhere'])(
    'is told so, and why, in the place of %s',
    async (profile) => {
      const issuing = anIssuing();

      const issued = issuing.issueCredentials(suspended, { profile }, anOrigin());

      await expect(issued).rejects.toThrow(IntegrationSuspendedError);
      await expect(issued).rejects.toMatchObject({
        message: expect.stringMatching(/acme is suspended, .*: the contract has ended; GET \S+\/self/),
        extensions: { suspension: { reason: 'the contract has ended' }, issuanceId: expect.any(String) },
      });
      expect(issuing.calls).toEqual([
        { denial: expect.objectContaining({ profile, detail: expect.stringContaining('is suspended') }) },
      ]);
    },
  );

  it('has what it may have while it is not', async () => {
    const issuing = anIssuing();

    await issuing.issueCredentials(aThirdParty(), { profile: 'shared' }, anOrigin());
    const denied = issuing.issueCredentials(aThirdParty(), { profile: 'forbidden' }, anOrigin());

    await expect(denied).rejects.toThrow(AccessDeniedError);
    expect(issuing.steps()).toEqual(['proof', 'intent', 'request', 'outcome', 'denial']);
  });

  it('is trusted by no statement, whatever it says', () => {
    const trust = issuingConfiguration.profiles.get('shared')?.trust ?? { statements: [] };
    const decide = (principal: typeof suspended) =>
      decideTrust(trust, principal, toRequestContext(principal, anOrigin(), nowMs)).effect;

    expect([decide(aThirdParty()), decide(suspended)]).toEqual(['Allow', 'ExplicitDeny']);
  });

  it('is shown no profiles', () => {
    const list = createListProfiles({ configuration: issuingConfiguration, now: () => nowMs });

    expect(list(aThirdParty(), anOrigin()).map(({ name }) => name)).toEqual(['shared']);
    expect(list(suspended, anOrigin())).toEqual([]);
  });

  it('stays so on the way from the authorizer to the functions', () => {
    expect(parsePrincipal(JSON.parse(JSON.stringify(suspended)))).toEqual(suspended);
  });
});
