import { describe, expect, it } from '@jest/globals';
import { toWantedSections } from '../../../../lib/client/aws-config/to-wanted-sections.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';

const aProfile = (name: string, more: object = {}) => ({
  ...{ name, mechanism: 'assume-role', reasonRequired: false },
  ...more,
});

const decide = (...profiles: readonly ReturnType<typeof aProfile>[]) =>
  toWantedSections({ profiles, prefix: 'daypass-', program: ['daypass'] });

describe('the sections of the AWS configuration', () => {
  it('are those of profiles that need nothing but to be asked, by name', () => {
    const { wanted, passedOver } = decide(aProfile('team-data'), aProfile('prod-readonly'));

    expect(wanted.map(({ name, profile }) => [name, profile])).toEqual([
      ['daypass-prod-readonly', 'prod-readonly'],
      ['daypass-team-data', 'team-data'],
    ]);
    expect(passedOver).toEqual([]);
  });

  it.each([
    ['asks for a reason', { reasonRequired: true }, /asks for a reason/],
    ['asks for a SAML assertion', { mechanism: 'saml' }, /asks for a SAML assertion/],
    ['gives tokens alone', { webIdentityToken: { audiences: [] } }, /daypass web-identity-token other/],
  ])('leave out one that %s, and say so', (_what, more, reason) => {
    const { wanted, passedOver } = decide(aProfile('other', more), aProfile('team-data'));

    expect(wanted.map(({ profile }) => profile)).toEqual(['team-data']);
    expect(passedOver).toEqual([{ profile: 'other', reason: expect.stringMatching(reason) }]);
  });

  it('are none where the broker names a profile that would begin a setting of its own', () => {
    expect(() => decide(aProfile('a\nregion = x'))).toThrow(ClientError);
  });

  it('are none where the broker names a profile twice, as the AWS CLI would read no section any more', () => {
    expect(() => decide(aProfile('team-data'), aProfile('team-data'))).toThrow(ClientError);
  });
});
