import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { ConfigurationError } from '../../../lambda/core/configuration-error.ts';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../../lib/config.ts';
import {
  aConfiguration,
  aConfigurationDocument,
  aProfile,
  aProfileDocument,
} from '../../support/a-configuration.ts';
import { configurationText } from '../../support/configuration-text.ts';

const { document: example } = readConfigurationFile('config/daypass.yaml');
const whole: unknown = parse(configurationText);

/** The same with issuers of every kind; the certificate is none. */
const ofEveryKind: unknown = parse(
  configurationText.replace(
    '\nprofiles:\n',
    `
  gitlab:
    type: oidc
    preset: gitlab
    audience: daypass-ci
    claims: { tier: { claim: /deployment_tier, type: string } }
    admit: [{ Effect: Allow, Condition: { StringEquals: { "claims:namespaceId": "72" } } }]
  cognito:
    type: oidc
    preset: cognito
    issuer: https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE12
    audience: [1example23456789abcdefghij]
    requiredClaims: { /scope: openid }
  aws:
    type: iam
    accounts: ["111111111111"]
    organizationId: o-exampleorg1
    identityCenter: { accounts: ["111111111111"] }
    mfa: { permissionSets: [Operators], profiles: [reports] }
  adfs:
    type: saml
    entityId: https://adfs.example.com/adfs/services/trust
    singleSignOnUrl: https://adfs.example.com/adfs/ls
    certificates: [${'A'.repeat(200)}]
    claims: { groups: { attribute: groups, type: list } }
    mfa: { authnContexts: [urn:x], authnMethods: [urn:y] }
  acme:
    type: integration
    audience: daypass
    algorithms: [EdDSA]
    jwks: { keys: [{ kty: OKP, crv: Ed25519, x: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo }] }
profiles:
`,
  ),
);

/** The problems of a document; none when it is taken. Any other error goes through. */
function problemsOf(
  document: unknown,
): readonly { readonly allowed: string; readonly path: readonly unknown[] }[] {
  try {
    parseConfiguration(document);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

type Path = readonly (string | number)[];

/** Where something stands in a document, its root not among them. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return path.length === 0 ? [] : [path];
  const members = Object.entries(value).flatMap(([key, member]) =>
    pathsOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? members : [path, ...members];
}

/** The document with something else at one place, or without it. */
function withValueAt(document: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    return document.flatMap((item, index) => {
      if (index !== key) return [item];
      const changed = withValueAt(item, rest, value);
      return changed === undefined ? [] : [changed];
    });
  }
  const entries = Object.entries(Object(document)).flatMap(([name, member]) => {
    if (name !== key) return [[name, member] as const];
    const changed = withValueAt(member, rest, value);
    return changed === undefined ? [] : [[name, changed] as const];
  });
  return Object.fromEntries(entries);
}

const anyJson = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(null, '', '*', '${claims:team', '${claims:x}', {}, [], -1, 1e300, [[]], { __proto__x: 1 }),
  fc.constant(JSON.parse('{"__proto__":{"a":1}}')),
);

/** What a library would say, and no author of ours. */
const foreignWords = /^(Invalid|Too|Unrecognized|Expected) /;

describe('parseConfiguration', () => {
  it('throws nothing but a ConfigurationError with a problem, for any JSON', () => {
    fc.assert(
      fc.property(anyJson, (document) => {
        expect(problemsOf(document).length).toBeGreaterThan(0);
      }),
    );
  });

  it('throws nothing but that for any JSON in any section', () => {
    const sections = fc.constantFrom(
      'deployment',
      'owner',
      'issuers',
      'profiles',
      'audit',
      'requestAccessUrl',
    );

    fc.assert(
      fc.property(sections, anyJson, (section, value) => {
        problemsOf({ ...aConfigurationDocument(), [section]: value });
      }),
    );
  });

  it('throws nothing but that for any JSON at any place, and says what is allowed in words of its own', () => {
    const places = pathsOf(ofEveryKind);

    fc.assert(
      fc.property(fc.constantFrom(...places), fc.oneof(anyJson, fc.constant(undefined)), (path, value) => {
        for (const { allowed } of problemsOf(withValueAt(ofEveryKind, path, value))) {
          expect(allowed).not.toBe('');
          expect(allowed).not.toMatch(foreignWords);
          expect(allowed).not.toMatch(/\.$/);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('finds nothing wrong with issuers of every kind but that certificate', () => {
    expect(problemsOf(ofEveryKind).map(({ path }) => path.join('.'))).toEqual([
      'issuers.adfs.certificates.0',
    ]);
  });

  it('takes the document again as JSON, with the same result', () => {
    for (const document of [example, whole]) {
      expect(parseConfiguration(JSON.parse(JSON.stringify(document)))).toEqual(parseConfiguration(document));
    }
  });

  it('takes any document that it takes again as JSON, with the same result', () => {
    const places = pathsOf(whole);
    let taken = 0;

    fc.assert(
      fc.property(fc.constantFrom(...places), fc.oneof(anyJson, fc.constant(undefined)), (path, value) => {
        const document = withValueAt(whole, path, value);
        if (problemsOf(document).length > 0) return;
        taken += 1;

        expect(parseConfiguration(JSON.parse(JSON.stringify(document)))).toEqual(
          parseConfiguration(document),
        );
      }),
      { numRuns: 1500 },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it('changes neither the document nor what all objects have', () => {
    const document = structuredClone(whole);

    parseConfiguration(document);
    problemsOf(JSON.parse('{"__proto__":{"polluted":true},"issuers":{"__proto__":{"polluted":true}}}'));

    expect(document).toEqual(whole);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('fills in what is left out', () => {
    const { stage, ...deployment } = aConfigurationDocument().deployment;
    const { audit, ...document } = aConfigurationDocument({ deployment });

    const configuration = parseConfiguration(document);

    expect(configuration).toMatchObject({
      deployment: { stage: 'prod', partition: 'aws' },
      audit: { retentionDays: 400, trust: { statements: [] } },
    });
    expect(configuration.issuers.get('okta')).toEqual({
      name: 'okta',
      type: 'oidc',
      issuer: 'https://example.okta.com',
      audiences: ['daypass'],
      algorithms: ['RS256'],
      subjectClaim: '/sub',
      audienceClaim: '/aud',
      requiredClaims: new Map(),
      claims: new Map(),
      mfa: { amr: [], acr: [] },
      tokenTypes: ['jwt', 'at+jwt'],
      maxLifetimeSeconds: 86_400,
    });
    expect(configuration.profiles.get('prod-readonly')).toMatchObject({
      name: 'prod-readonly',
      duration: { defaultSeconds: 900, maxSeconds: 3600 },
      owner: 'platform-team@example.com',
      transitiveTagKeys: [],
      acceptedTagKeys: [],
      managedPolicyArns: [],
      setSourceIdentity: true,
      subjectInSessionName: true,
      reasonRequired: false,
      console: false,
    });
  });

  it("gives a profile the deployment's contact where it names none of its own", () => {
    const requestAccessUrl = 'https://wiki.example.com/aws';
    const own = { owner: 'data@example.com', requestAccessUrl: 'https://wiki.example.com/data' };
    const profiles = { a: aProfileDocument(), b: aProfileDocument(own) };

    const configuration = aConfiguration({ requestAccessUrl, profiles });

    expect(configuration.profiles.get('a')).toMatchObject({
      owner: 'platform-team@example.com',
      requestAccessUrl,
    });
    expect(configuration.profiles.get('b')).toMatchObject(own);
  });

  it.each([
    ['eu-west-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-east-1', 'aws-us-gov'],
    ['ap-southeast-4', 'aws'],
  ])('knows the partition of %s', (region, partition) => {
    const deployment = { accountId: '111111111111', region };

    expect(aConfiguration({ deployment, profiles: {} }).deployment.partition).toBe(partition);
  });

  it.each(['/', '/daypass/', '/platform/', '/platform/brokers_1/', `/${'p'.repeat(126)}/`])(
    'takes %s for the path of its roles',
    (rolePath) => {
      const deployment = { accountId: '111111111111', region: 'eu-west-1', rolePath };

      expect(aConfiguration({ deployment }).deployment.rolePath).toBe(rolePath);
    },
  );

  it.each([
    ...['', 'platform', '/platform', 'platform/', '//', '/a//b/', '/a b/', '/a*/', '/a?/', '/${aws:x}/'],
    ...['/aws-reserved/', '/aws-service-role/x/', '/daypass/brokers/', `/${'p'.repeat(127)}/`, '/a/\n'],
  ])('refuses %j for it', (rolePath) => {
    const deployment = { accountId: '111111111111', region: 'eu-west-1', rolePath };

    expect(problemsOf(aConfigurationDocument({ deployment }))).toMatchObject([
      { path: ['deployment', 'rolePath'] },
    ]);
  });

  it('refuses a role of the partition aws in another', () => {
    const deployment = { accountId: '111111111111', region: 'cn-north-1' };

    expect(problemsOf(aConfigurationDocument({ deployment }))).toMatchObject([
      { path: ['profiles', 'prod-readonly', 'roleArn'] },
    ]);
  });

  it('compiles templates once', () => {
    expect(aProfile({ sessionTags: { Team: 'team-${claims:team}' } }).sessionTags.get('Team')).toEqual([
      { literal: 'team-' },
      { variable: 'claims:team' },
    ]);
  });
});
