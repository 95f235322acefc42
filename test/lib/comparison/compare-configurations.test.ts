import { generateKeyPairSync } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { compareConfigurations } from '../../../lib/comparison/compare-configurations.ts';
import type { ConfigurationChange } from '../../../lib/comparison/configuration-change.ts';
import { readConfigurationFile } from '../../../lib/config.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';
import { type Json, configurationChangeRows as rows } from '../../support/configuration-change-rows.ts';
import { aSamlKey } from '../../support/saml-keys.ts';

function show(before: Json, after: Json): readonly string[] {
  const [one, other] = [before, after].map((sections) =>
    parseConfiguration(aConfigurationDocument(sections)),
  );
  if (one === undefined || other === undefined) throw new TypeError('two versions are compared');
  return compareConfigurations(one, other).map(toLine);
}

const toLine = ({ effect, subject, text }: ConfigurationChange) => `${signs[effect]} ${subject}: ${text}`;

const signs = { grants: '+', 'takes-away': '-', changes: '~' } as const;

describe('a change of the configuration', () => {
  it.each(rows)('says of $what what it grants and takes away', ({ before, after, said }) => {
    expect(show(before, after)).toEqual(said);
  });

  it.each(rows)('says the opposite of $what the other way round', ({ before, after, said }) => {
    const opposite = { '+': '-', '-': '+', '~': '~' } as const;
    const toParts = (line: string) => [line.charAt(0), line.slice(2, line.indexOf(':'))] as const;
    const expected = said.map(toParts).map(([sign, subject]) => `${opposite[sign as '+']} ${subject}`);

    const back = show(after, before)
      .map(toParts)
      .map(([sign, subject]) => `${sign} ${subject}`);

    expect([...back].sort()).toEqual([...expected].sort());
  });
});

const anotherKey = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  ...{ kid: 'other', alg: 'ES256', use: 'sig' },
};

describe('the example configuration', () => {
  const { configuration, document } = readConfigurationFile('config/daypass.yaml');
  /** Where the order says something. */
  const ordered = ['via', 'keys', 'regions'];

  const shuffle = (value: unknown, name: string, random: () => number): unknown => {
    const turn = <T>(list: readonly T[]) =>
      list
        .map((one) => [random(), one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one);
    if (Array.isArray(value)) {
      const items = value.map((one) => shuffle(one, '', random));
      return ordered.includes(name) ? items : turn(items);
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      turn(Object.entries(value).map(([key, one]) => [key, shuffle(one, key, random)] as const)),
    );
  };

  it('has not changed, in whatever order it is written', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (numbers) => {
        const turned = shuffle(document, '', () => Number(numbers.next().value));

        expect(compareConfigurations(configuration, parseConfiguration(turned))).toEqual([]);
      }),
      { numRuns: 8 },
    );
  });

  it.each<readonly [path: string, value: unknown, said: readonly unknown[]]>([
    ['issuers.adfs.idpInitiated', false, ['- issuer adfs: no assertions that nobody has asked for any more']],
    [
      'issuers.adfs.entityId',
      'http://other.example',
      [
        '+ issuer adfs: assertions of http://other.example',
        '- issuer adfs: assertions of http://adfs.example.com/adfs/services/trust',
      ],
    ],
    [
      'issuers.adfs.certificates',
      [aSamlKey().certificate],
      [
        expect.stringMatching(/^\+ issuer adfs: certificate with SHA-256 [0-9a-f]{16}$/),
        expect.stringMatching(/^- issuer adfs: certificate with SHA-256 [0-9a-f]{16}: no longer$/),
      ],
    ],
    ['issuers.adfs.subjectAttribute', 'mail', ['~ issuer adfs: the subject is: none → mail']],
    [
      'issuers.adfs.mfa.authnMethods',
      [],
      [
        '- issuer adfs: MFA is proven by the authentication method http://schemas.microsoft.com/claims/multipleauthn: no longer',
      ],
    ],
    [
      'issuers.adfs.claims.mail',
      { attribute: 'mail', type: 'string' },
      ['+ issuer adfs: claim mail: string in mail'],
    ],
    [
      'issuers.partner.jwks.keys',
      [anotherKey],
      [
        expect.stringMatching(/^\+ issuer partner: key other, ES256 \(SHA-256 [0-9a-f]{16}\)$/),
        expect.stringMatching(
          /^- issuer partner: key partner-2026-11, ES256 \(SHA-256 [0-9a-f]{16}\): no longer$/,
        ),
      ],
    ],
    ['issuers.partner.jwks', undefined, ['~ issuer partner: keys that stand here are no longer used']],
    [
      'issuers.github-actions.admit',
      [{ Effect: 'Allow', Condition: { StringEquals: { 'claims:owner': '7654321' } } }],
      [
        '~ issuer github-actions: statement allows something else: where claims:owner is 7654321, instead of claims:owner is 1234567',
      ],
    ],
    [
      'profiles.root-audit.targetPrincipal',
      '444444444444',
      [
        '+ profile root-audit: the root user of account 444444444444',
        '- profile root-audit: the root user of account 333333333333',
      ],
    ],
    [
      'profiles.saml-reports.principalArn',
      'arn:aws:iam::222222222222:saml-provider/Other',
      [
        '~ profile saml-reports: identity provider of the role: arn:aws:iam::222222222222:saml-provider/AdFs → arn:aws:iam::222222222222:saml-provider/Other',
      ],
    ],
    [
      'profiles.ci-direct',
      undefined,
      [
        '- profile ci-direct: gone: by web-identity, arn:aws:iam::222222222222:role/ci/Publisher, for up to 3600 s',
        '- profile ci-direct: statement ShopMain: Allow github-actions where claims:repository is example/shop and claims:ref is refs/heads/main',
      ],
    ],
    [
      'profiles.data-via-production.via',
      [],
      [
        '~ profile data-via-production: on the way: arn:aws:iam::222222222222:role/daypass/WarehouseGateway; now no role',
      ],
    ],
    [
      'controls',
      undefined,
      [
        '- controls: statement SiteReliabilityEngineers is gone: Allow okta where some of claims:groups is sre and daypass:MultiFactorAuthPresent is true',
      ],
    ],
    [
      'deployment.regions',
      ['eu-west-1', 'eu-central-1'],
      ['~ deployment: regions: none → eu-west-1, eu-central-1'],
    ],
  ])('with another %s says what that grants', (path, value, said) => {
    const other = parseConfiguration(withMember(document, path.split('.'), value));

    expect(compareConfigurations(configuration, other).map(toLine)).toEqual(said);
  });

  function withMember(value: unknown, [first = '', ...rest]: readonly string[], member: unknown): unknown {
    const { [first]: old, ...others } = Object(value) as Readonly<Record<string, unknown>>;
    const changed = rest.length === 0 ? member : withMember(old, rest, member);
    return changed === undefined ? others : { ...others, [first]: changed };
  }

  it('never differs without a word', () => {
    let compared = 0;
    for (const path of toPaths(document, [])) {
      const other = attempt(without(document, path));
      if (other === undefined) continue;
      if (isDeepStrictEqual(other, configuration)) continue;
      expect([path, compareConfigurations(configuration, other)]).not.toEqual([path, []]);
      compared++;
    }

    expect(compared).toBeGreaterThan(50);
  });

  const attempt = (changed: unknown) => {
    try {
      return parseConfiguration(changed);
    } catch {
      return undefined;
    }
  };

  function toPaths(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
    // Deeper are statements, which have tests of their own.
    if (typeof value !== 'object' || value === null || path.length > 2) return [path];
    return [path, ...Object.entries(value).flatMap(([key, one]) => toPaths(one, [...path, key]))];
  }

  function without(value: unknown, [first, ...rest]: readonly string[]): unknown {
    if (first === undefined || typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).flatMap(([key, one]) => {
      if (key !== first) return [[key, one] as const];
      return rest.length === 0 ? [] : [[key, without(one, rest)] as const];
    });
    return Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries);
  }
});
