import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { profileMechanisms } from '../../lambda/core/configuration.ts';
import { toConfigurationJsonSchema } from '../../lib/configuration-json-schema.ts';
import { configurationText } from '../support/configuration-text.ts';
import { violations } from '../support/json-schema.ts';
import { changeText } from './tables/broken-row.ts';

const committed = readFileSync('config/daypass.schema.json', 'utf8');
const schema = JSON.parse(committed);
const example = readFileSync('config/daypass.yaml', 'utf8');

type Settings = Readonly<Record<string, { readonly description?: string; readonly const?: string }>>;

const kindsOfIssuers = {
  'by a preset': { type: 'oidc', preset: 'cognito', issuer: 'https://idp.example', audience: 'daypass' },
  'by a preset that knows the URL': { type: 'oidc', preset: 'github-actions', audience: 'daypass' },
  'of type iam': {
    type: 'iam',
    accounts: ['111111111111'],
    organizationId: 'o-exampleorg1',
    identityCenter: { accounts: ['111111111111'] },
    mfa: { permissionSets: ['Operators'], profiles: ['reports'] },
  },
  'of type saml': {
    type: 'saml',
    entityId: 'https://idp.example/saml',
    singleSignOnUrl: 'https://idp.example/sso',
    certificates: ['A'.repeat(200)],
    claims: { groups: { attribute: 'groups', type: 'list' } },
    mfa: { authnContexts: ['urn:x'], authnMethods: ['urn:y'] },
    idpInitiated: false,
  },
  'of type saml by metadata': { type: 'saml', metadataFile: 'idp.xml' },
  'of type integration': {
    type: 'integration',
    audience: ['daypass'],
    jwks: { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: 'one' }] },
  },
} as const;

describe('the JSON Schema of the configuration', () => {
  it('is the committed one; `npm run schema` writes it', () => {
    expect(committed).toBe(toConfigurationJsonSchema());
  });

  it('is named in the first line of the example', () => {
    const [first] = example.split('\n');

    expect(first).toBe('# yaml-language-server: $schema=./daypass.schema.json');
  });

  it('takes the example', () => {
    expect(violations(schema, parse(example))).toEqual([]);
  });

  it('takes a configuration that uses every kind of setting', () => {
    expect(violations(schema, parse(configurationText))).toEqual([]);
  });

  it('says what each setting is for', () => {
    const { issuers, profiles } = schema.properties;
    const kinds: readonly (readonly [string, Settings])[] = [
      ...issuers.additionalProperties.oneOf.map(({ properties }: { properties: Settings }) => [
        `issuers of type ${properties['type']?.const}`,
        properties,
      ]),
      ...profiles.additionalProperties.oneOf.map(({ properties }: { properties: Settings }) => [
        `profiles of mechanism ${properties['mechanism']?.const}`,
        properties,
      ]),
    ];

    const undescribed = kinds.flatMap(([kind, settings]) =>
      Object.entries(settings)
        .filter(([name, { description }]) => description === undefined && name !== 'type')
        .map(([name]) => `${kind}: ${name}`),
    );

    expect(kinds.map(([kind]) => kind)).toEqual([
      'issuers of type oidc',
      'issuers of type iam',
      'issuers of type saml',
      'issuers of type integration',
      ...profileMechanisms.map((mechanism) => `profiles of mechanism ${mechanism}`),
    ]);
    expect(undescribed).toEqual(
      profileMechanisms.flatMap((mechanism) => [
        `profiles of mechanism ${mechanism}: description`,
        `profiles of mechanism ${mechanism}: mechanism`,
      ]),
    );
  });

  it.each(Object.entries(kindsOfIssuers))('takes an issuer %s', (_name, issuer) => {
    const { issuers, ...document } = parse(configurationText);

    expect(violations(schema, { ...document, issuers: { ...issuers, other: issuer } })).toEqual([]);
  });

  it.each([
    ['$.issuers.other', { type: 'OIDC' }],
    ['$.issuers.other', {}],
    ['$.issuers.other.preset', { ...kindsOfIssuers['by a preset'], preset: 'github' }],
    ['$.issuers.other.requiredClaims.x', { ...kindsOfIssuers['by a preset'], requiredClaims: { x: 'y' } }],
    ['$.issuers.other.issuer', { type: 'iam', issuer: 'https://idp.example' }],
    ['$.issuers.other.accounts[0]', { type: 'iam', accounts: ['1'] }],
    ['$.issuers.other.certificates[0]', { ...kindsOfIssuers['of type saml'], certificates: ['x'] }],
    ['$.issuers.other.jwks.keys', { type: 'integration', audience: 'daypass', jwks: { keys: [] } }],
  ])('finds %s wrong in %j', (path, issuer) => {
    const { issuers, ...document } = parse(configurationText);

    expect(violations(schema, { ...document, issuers: { ...issuers, other: issuer } })).toEqual([path]);
  });

  it.each([
    ['$.ownr', 'owner: platform', 'ownr: x\nowner: platform'],
    ['$.owner', 'owner: platform@example.com\n', ''],
    ['$.deployment.accountId', 'accountId: "111111111111"', 'accountId: 111111111111'],
    ['$.deployment.vpc', 'stage: prod', 'vpc: x'],
    ['$.issuers.okta.audience', '    audience: [daypass]\n', ''],
    ['$.issuers.okta.algorithms[0]', 'algorithms: [RS256]', 'algorithms: [HS256]'],
    ['$.issuers.okta.claims.1team', 'team: { claim', '1team: { claim'],
    ['$.issuers.okta.claims.team.type', '/team, type: string', '/team, type: text'],
    [
      '$.issuers.github.admit[0].Principal',
      '{ StringEquals: { "claims:owner": "1234567" } }',
      '{}\n        Principal: "*"',
    ],
    ['$.profiles.Reports', '  reports:', '  Reports:'],
    ['$.profiles.reports.through', '    mechanism:', '    through: x\n    mechanism:'],
    ['$.profiles.reports.via', '    mechanism:', '    via: x\n    mechanism:'],
    ['$.profiles.reports.via[0]', '    mechanism:', '    via: [x]\n    mechanism:'],
    ['$.profiles.reports', 'mechanism: assume-role', 'mechanism: session-token'],
    ['$.profiles.reports.roleArn', 'role/daypass/Reports', 'role/*'],
    ['$.profiles.reports.duration.maxSeconds', 'maxSeconds: 3600', 'maxSeconds: 3601'],
    ['$.profiles.reports.externalId', 'externalId: daypass-7f3a9c52', 'externalId: a b'],
    [
      '$.profiles.reports.managedPolicyArns[0]',
      '[arn:aws:iam::aws:policy/ReadOnlyAccess]',
      '["arn:aws:iam::aws:policy/*"]',
    ],
    ['$.profiles.reports.trust[0].Action', '      - Sid: Teams', '      - Action: "*"\n        Sid: Teams'],
    [
      '$.profiles.reports.trust[0].Effect',
      'Sid: Teams\n        Effect: Allow',
      'Sid: Teams\n        Effect: allow',
    ],
    [
      '$.profiles.reports.trust[0].Principal',
      'Principal: { Federated: okta }\n        Condition',
      'Principal: { AWS: "*" }\n        Condition',
    ],
    ['$.audit.retentionDays', 'retentionDays: 400', 'retentionDays: 0'],
  ])('finds %s wrong', (path, before, after) => {
    expect(violations(schema, parse(changeText([before, after])))).toEqual([path]);
  });
});
