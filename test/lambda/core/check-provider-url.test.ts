import { describe, expect, it } from '@jest/globals';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { linesOf } from '../../support/problems-of.ts';

const { deployment } = aConfigurationDocument();

const linesOfUrl = (url: string, ...profiles: readonly Readonly<Record<string, unknown>>[]) =>
  linesOf(
    aConfigurationDocument({
      deployment: { ...deployment, url },
      profiles: Object.fromEntries(
        profiles.map((profile, index) => [`profile-${index}`, aProfileDocument(profile)]),
      ),
    }),
  );

const signed = { mechanism: 'web-identity' };
const passedThrough = { ...signed, passthrough: true };

const ofLength = (length: number) => 'https://daypass.example.com/'.padEnd(length, 'x');

describe('the URL of the deployment', () => {
  it.each([
    ['a port', 'https://daypass.example.com:8443'],
    ['a port and a path', 'https://daypass.example.com:8443/prod'],
    ['the default port', 'https://daypass.example.com:443/prod'],
    ['256 characters', ofLength(256)],
  ])('may not have %s where IAM knows the broker by it', (_, url) => {
    const says = [
      expect.stringMatching(
        /^deployment\.url: "https:.* is not allowed; allowed: a URL without a port, of at most 255 characters, beside profiles of mechanism web-identity: /,
      ),
    ];

    expect(linesOfUrl(url, signed)).toEqual(says);
    expect(linesOfUrl(url, {}, passedThrough, signed, signed)).toEqual(says);
  });

  it.each([
    ['no port', 'https://daypass.example.com'],
    ['a colon in its path', 'https://daypass.example.com/a:1/b:2'],
    ['255 characters', ofLength(255)],
  ])('may have %s there', (_, url) => {
    expect(linesOfUrl(url, signed)).toEqual([]);
  });

  it.each([
    ['a port', 'https://daypass.example.com:8443'],
    ['256 characters', ofLength(256)],
  ])('may have %s where the broker signs nothing for STS', (_, url) => {
    expect(linesOfUrl(url, {}, passedThrough)).toEqual([]);
  });
});
