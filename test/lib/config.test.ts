import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { configurationText } from '../support/configuration-text.ts';
import { acceptedChanges } from './tables/accepted-changes.ts';
import { type BrokenRow, changeText, toLine } from './tables/broken-row.ts';
import { acceptedChains, chainRows } from './tables/chain-rows.ts';
import { documentRows } from './tables/document-rows.ts';
import { issuerRows } from './tables/issuer-rows.ts';
import { consequences, manyMistakes } from './tables/many-mistakes.ts';
import { profileRows } from './tables/profile-rows.ts';
import { sessionPolicyRows } from './tables/session-policy-rows.ts';
import { trustRows } from './tables/trust-rows.ts';
import { yamlRows } from './tables/yaml-rows.ts';

let directory: string;
let file: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-config-'));
  file = join(directory, 'daypass.yaml');
});

afterAll(() => rmSync(directory, { recursive: true }));

function read(text: string) {
  writeFileSync(file, text);
  return readConfigurationFile(file);
}

/** The message of the ConfigurationError with which a text is refused; any other error goes through. */
function refusalOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  throw new Error('the configuration is taken');
}

/** The lines of the message that a row expects. */
const toMessage = ({ says }: Pick<BrokenRow, 'says'>, text: string) =>
  says.map(([at, problem]) => `${file}:${toLine(text, at)} ${problem}`).join('\n');

const tables: readonly (readonly [string, readonly BrokenRow[]])[] = [
  ['sections', documentRows],
  ['issuers', issuerRows],
  ['profiles', profileRows],
  ['chains', chainRows],
  ['trust statements', trustRows],
  ['session policies', sessionPolicyRows],
  ['YAML', yamlRows],
];

describe.each(tables)('readConfigurationFile, on broken %s', (_theme, rows) => {
  it.each(rows)('names file, line, key path, value and what is allowed: $name', (row) => {
    const text = changeText(row.change);

    expect(refusalOf(text)).toBe(toMessage(row, text));
  });
});

describe('readConfigurationFile', () => {
  it.each([...acceptedChanges, ...acceptedChains])('takes $name', ({ change }) => {
    expect(() => read(changeText(change))).not.toThrow();
  });

  it('gives the document as it is written beside the configuration, so that the functions parse the same', () => {
    const { configuration, document } = read(configurationText);

    expect(parseConfiguration(JSON.parse(JSON.stringify(document)))).toEqual(configuration);
    expect(document).toMatchObject({ profiles: { reports: { sessionTags: { Team: '${claims:team}' } } } });
  });

  it('takes the example configuration', () => {
    const { profiles, issuers } = readConfigurationFile('config/daypass.yaml').configuration;

    expect([...profiles.keys()]).toEqual([
      'prod-readonly',
      'ci-deploy',
      'prod-operations',
      'team-data',
      'data-via-production',
      'data-long',
      'federated-reports',
      'root-audit',
      'partner-token',
      'saml-reports',
      'ci-direct',
      'acme-reports',
      'partner-drop',
    ]);
    expect([...issuers.values()].map(({ name, type }) => `${name} ${type}`)).toEqual([
      'okta oidc',
      'github-actions oidc',
      'acme oidc',
      'aws iam',
      'adfs saml',
      'partner integration',
    ]);
  });

  const sections =
    'an object with the keys deployment, owner, requestAccessUrl, issuers, profiles, audit, trail, integrations, webIdentity, sessionTokens, authorizationMessages, controls, limits, revocation';

  it.each([
    ['an empty file', '', 'null'],
    ['a file of comments', '# later\n', 'null'],
    ['a word', 'daypass\n', '"daypass"'],
    ['a list', '- deployment\n', '["deployment"]'],
  ])('refuses %s', (_name, text, shown) => {
    expect(refusalOf(text)).toBe(`${file}:1 (the document): ${shown} is not allowed; allowed: ${sections}`);
  });

  it('names every section that is missing', () => {
    expect(refusalOf('# nothing else\nrequestAccessUrl: https://wiki.example.com\n').split('\n')).toEqual([
      `${file}:2 deployment: is missing; allowed: an object with the keys accountId, region, regions, stage, rolePath, url`,
      `${file}:2 owner: is missing; allowed: 1–256 printable characters, such as an address or a team`,
      `${file}:2 issuers: is missing; allowed: an object from names to their settings`,
      `${file}:2 profiles: is missing; allowed: an object from names to their settings`,
    ]);
  });

  it('refuses sections that are nothing or a list', () => {
    const text = 'deployment:\nowner: a\nissuers: []\nprofiles:\naudit: 1\n';

    expect(refusalOf(text).split('\n')).toEqual([
      `${file}:1 deployment: null is not allowed; allowed: an object with the keys accountId, region, regions, stage, rolePath, url`,
      `${file}:3 issuers: [] is not allowed; allowed: an object from names to their settings`,
      `${file}:4 profiles: null is not allowed; allowed: an object from names to their settings`,
      `${file}:5 audit: 1 is not allowed; allowed: an object with the keys trust, retentionDays`,
    ]);
  });

  it.each([
    ['a list that holds itself', 'owner: &a [*a]\n'],
    [
      'aliases that multiply',
      `a: &a [${'x,'.repeat(9)}x]\n${['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map(([from, to]) => `${to}: &${to} [${`*${from},`.repeat(9)}*${from}]\n`).join('')}`,
    ],
    ['lists within lists without end', `owner: ${'['.repeat(5000)}${']'.repeat(5000)}\n`],
    ['brackets without end', `owner: ${'['.repeat(5000)}\n`],
  ])('refuses %s, in few words', (_name, text) => {
    const message = refusalOf(text);

    expect(message).toMatch(/cannot be read \(.+\); allowed: one YAML 1\.2 document/);
    expect(message.split('\n').length).toBeLessThan(4);
  });

  it('names a file that is not there', () => {
    const absent = join(directory, 'absent.yaml');

    expect(() => readConfigurationFile(absent)).toThrow(ConfigurationError);
    expect(() => readConfigurationFile(absent)).toThrow(
      new RegExp(`^${absent}: cannot be read \\(.*ENOENT.*\\); allowed: a readable YAML file$`),
    );
  });

  it('reports all mistakes of a file at once, those within one profile too', () => {
    const text = manyMistakes.reduce((soFar, { change }) => changeText(change, soFar), configurationText);

    const reported = refusalOf(text).split('\n');

    expect(reported.toSorted()).toEqual(manyMistakes.map((row) => toMessage(row, text)).toSorted());
    expect(reported.length).toBeGreaterThanOrEqual(10);
  });

  it.each(consequences)('does not report the consequences of $name', ({ change, says }) => {
    const text = changeText(change);

    expect(refusalOf(text)).toBe(toMessage({ says }, text));
  });

  it('counts lines that end as Windows ends them', () => {
    const text = changeText(['stage: prod', 'stage: Prod']).replaceAll('\n', '\r\n');

    expect(refusalOf(text)).toContain(`${file}:${toLine(text, 'stage: Prod')} deployment.stage: "Prod"`);
  });
});
