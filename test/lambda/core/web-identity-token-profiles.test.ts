import { describe, expect, it } from '@jest/globals';
import { aConfigurationDocument, aProfile, aProfileDocument } from '../../support/a-configuration.ts';
import { linesOf } from '../../support/problems-of.ts';

const audiences = ['https://partner.example'];

const linesOfTokens = (webIdentityToken: unknown, sections: object = {}, profile: object = {}) =>
  linesOf(
    aConfigurationDocument({
      profiles: { partner: aProfileDocument({ webIdentityToken, ...profile }) },
      ...sections,
    }),
  );

const settingsOf = (webIdentityToken: unknown) => {
  const profile = aProfile({ webIdentityToken });
  return profile.mechanism === 'assume-role' ? profile.webIdentityToken : undefined;
};

describe('a profile with web identity tokens', () => {
  it('gives tokens of 300 s, signed by what every relying party takes, unless it says more', () => {
    expect(settingsOf({ audiences })).toEqual({
      audiences,
      duration: { defaultSeconds: 300, maxSeconds: 900 },
      signingAlgorithm: 'RS256',
    });
    expect(settingsOf(undefined)).toBeUndefined();
  });

  it.each([60, 61, 3539, 3540])('may give them for %i seconds', (maxSeconds) => {
    const duration = { defaultSeconds: 60, maxSeconds };

    expect(settingsOf({ audiences, duration })?.duration).toEqual(duration);
  });

  it.each([59, 3541, 3600])('may not give them for %i seconds', (maxSeconds) => {
    expect(linesOfTokens({ audiences, duration: { defaultSeconds: 60, maxSeconds } })).toContainEqual(
      `profiles.partner.webIdentityToken.duration.maxSeconds: ${maxSeconds} is not allowed; allowed: an integer, 60–3540 seconds (a token ends before the role's session)`,
    );
  });

  it('has no console: such a profile gives no sessions', () => {
    expect(linesOfTokens({ audiences }, {}, { console: true })).toEqual([
      'profiles.partner.console: true is not allowed; allowed: false beside webIdentityToken: such a profile gives tokens and no sessions',
    ]);
  });

  it.each([
    ['assume-role', {}],
    ['web-identity', { mechanism: 'web-identity' }],
  ])(
    'has a role whose sessions no profile of %s gives, because they could ask for any audience',
    (_, other) => {
      const profiles = {
        partner: aProfileDocument({ webIdentityToken: { audiences } }),
        twin: aProfileDocument({ webIdentityToken: { audiences } }),
        open: aProfileDocument(other),
      };

      expect(linesOf(aConfigurationDocument({ profiles }))).toEqual([
        expect.stringMatching(
          /^profiles\.open\.roleArn: .* allowed: a role of its own: profile twin gives tokens/,
        ),
      ]);
    },
  );

  it('has no default above its maximum', () => {
    expect(linesOfTokens({ audiences, duration: { defaultSeconds: 901 } })).toEqual([
      "profiles.partner.webIdentityToken.duration.defaultSeconds: 901 is not allowed; allowed: at most the token's maxSeconds, 900",
    ]);
  });

  it.each([1, 10])('may have %i audiences', (length) => {
    const many = Array.from({ length }, (_, index) => `https://${index}.example`);

    expect(settingsOf({ audiences: many })?.audiences).toEqual(many);
  });

  it.each([
    ['none', []],
    ['eleven', Array.from({ length: 11 }, (_, index) => `https://${index}.example`)],
    ['one twice', ['a', 'a']],
    ['an empty one', ['']],
    ['one of 1001 characters', ['a'.repeat(1001)]],
    ['one that is a variable to IAM', ['${aws:userid}']],
    ['one with a quotation', ['a"b']],
    ['one with a space', ['a b']],
    ['one that is no text', [7]],
  ])('may not have %s', (_, wrong) => {
    const lines = linesOfTokens({ audiences: wrong });

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^profiles\.partner\.webIdentityToken\.audiences/);
  });

  it('is signed by no other algorithm than AWS has', () => {
    expect(linesOfTokens({ audiences, signingAlgorithm: 'ES256' })).toEqual([
      'profiles.partner.webIdentityToken.signingAlgorithm: "ES256" is not allowed; allowed: RS256 or ES384',
    ]);
  });

  it('has the mechanism assume-role, and says why', () => {
    expect(linesOfTokens({ audiences }, {}, { mechanism: 'web-identity' })).toEqual([
      expect.stringContaining('the subject of such a token is a role that the broker assumes'),
    ]);
  });
});

describe('an audience that is accepted here', () => {
  const partner = {
    kty: 'EC',
    crv: 'P-256',
    kid: 'acme-1',
    x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
    y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
  };
  const { issuers, deployment } = aConfigurationDocument();
  const sections = {
    deployment: { ...deployment, url: 'https://daypass.example.com' },
    issuers: {
      okta: { ...issuers.okta, audience: ['daypass', 'daypass-cli'] },
      acme: { type: 'integration', audience: 'third-parties', jwks: { keys: [partner] } },
    },
  };

  it.each([
    ['daypass', 'issuer okta of the broker'],
    ['daypass-cli', 'issuer okta of the broker'],
    ['third-parties', 'issuer acme of the broker'],
    ['https://daypass.example.com', 'the broker itself'],
    ['sts.amazonaws.com', 'AWS STS'],
  ])('is refused: %s, of %s', (audience, by) => {
    expect(linesOfTokens({ audiences: [...audiences, audience] }, sections)).toEqual([
      `profiles.partner.webIdentityToken.audiences[1]: "${audience}" is not allowed; allowed: an audience of somebody else's: ${by} accepts this one, so that the token could be shown there`,
    ]);
  });

  it('is one to the letter', () => {
    expect(
      linesOfTokens({ audiences: ['daypass-partner', 'https://daypass.example.com/other'] }, sections),
    ).toEqual([]);
  });

  it('is found beside other mistakes', () => {
    const profile = { description: '' };

    expect(linesOfTokens({ audiences: ['daypass'] }, { ...sections, owner: '' }, {})).toHaveLength(2);
    expect(linesOfTokens({ audiences: ['daypass'] }, sections, profile).length).toBeGreaterThan(0);
  });
});
