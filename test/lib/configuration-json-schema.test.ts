import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { toConfigurationJsonSchema } from '../../lib/configuration-json-schema.ts';
import { configurationText } from '../support/configuration-text.ts';
import { violations } from '../support/json-schema.ts';
import { changeText } from './tables/broken-row.ts';

const committed = readFileSync('config/daypass.schema.json', 'utf8');
const schema = JSON.parse(committed);
const example = readFileSync('config/daypass.yaml', 'utf8');

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
    const undescribed = ['issuers', 'profiles'].flatMap((section) => {
      const settings: Readonly<Record<string, { description?: string }>> =
        schema.properties[section].additionalProperties.properties;
      return Object.entries(settings)
        .filter(([, { description }]) => description === undefined)
        .map(([name]) => `${section}.${name}`);
    });

    expect(undescribed).toEqual(['issuers.type', 'profiles.description', 'profiles.mechanism']);
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
    ['$.profiles.reports.via', '    mechanism:', '    via: x\n    mechanism:'],
    ['$.profiles.reports.mechanism', 'mechanism: assume-role', 'mechanism: saml'],
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
