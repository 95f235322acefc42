import { describe, expect, it } from '@jest/globals';
import { createListProfiles } from '../../../lambda/core/list-profiles.ts';
import { createListProfilesEndpoint } from '../../../lambda/endpoints/list-profiles.ts';
import { profilesAnswer } from '../../../lambda/http/credential-schemas.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { issuingConfiguration } from '../../support/issuing.ts';
import { nowMs } from '../../support/tokens.ts';

const listProfiles = async (principal = aPrincipal()) => {
  const endpoint = createListProfilesEndpoint(
    createListProfiles({ configuration: issuingConfiguration, now: () => nowMs }),
  );
  const { body } = await endpoint({ principal, origin: anOrigin(), pathParameters: {}, query: {}, body: {} });
  return profilesAnswer.parse(body).profiles;
};

describe('GET profiles', () => {
  it('lists those that the caller may use and no others', async () => {
    expect((await listProfiles()).map(({ name }) => name)).toEqual([
      'prod-readonly',
      'browsed',
      'reasoned',
      'chained',
      'rooted',
      'long',
      'tagged',
    ]);
    expect((await listProfiles(aPrincipal({ issuer: 'ci' }))).map(({ name }) => name)).toEqual(['forbidden']);
    expect(await listProfiles(aPrincipal({ issuer: 'nobody' }))).toEqual([]);
  });

  it('shows the limits of each, whom to ask, and nothing of its trust', async () => {
    const [profile] = await listProfiles();

    expect(profile).toEqual({
      name: 'prod-readonly',
      description: 'Read-only access to the production account',
      mechanism: 'assume-role',
      enforcement: 'enforced',
      roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
      duration: { defaultSeconds: expect.any(Number), maxSeconds: expect.any(Number) },
      acceptedTagKeys: [],
      acceptedSessionPolicy: 'none',
      reasonRequired: false,
      console: false,
      owner: 'production-owners@example.com',
      requestAccessUrl: 'https://wiki.example.com/daypass',
    });
  });

  it('includes a profile that wants a reason: it can be had with one', async () => {
    const profiles = await listProfiles();

    expect(profiles.find(({ name }) => name === 'reasoned')).toMatchObject({ reasonRequired: true });
  });

  it('says which give console links', async () => {
    const profiles = await listProfiles();

    expect(profiles.filter((profile) => profile.console).map(({ name }) => name)).toEqual(['browsed']);
  });
});
