import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { SamlIssuer } from '../../lambda/core/configuration.ts';
import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { aCertificate, aKeyDescriptor, aService, metadataText } from '../support/saml-metadata-text.ts';

const directory = mkdtempSync(join(tmpdir(), 'daypass-metadata-'));
const file = join(directory, 'daypass.yaml');
mkdirSync(join(directory, 'metadata'));
const [one, two] = [aCertificate('one'), aCertificate('two')];
write('metadata/corp.xml', metadataText({ keys: aKeyDescriptor(one) + aKeyDescriptor(two) }));
write('local.xml', metadataText({ services: aService('http://127.0.0.1:8081/sso') }));
write('expired.xml', metadataText({ keys: aKeyDescriptor(aCertificate('old', 2001, 2002)) }));
write('page.xml', '<html/>');
write('large.xml', ' '.repeat(1_048_577));

afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(join(directory, name), text);
}

/** `corp` is on line 6; its settings are the lines after its type. */
const configuration = (...settings: readonly string[]) => `\
deployment: { accountId: "111111111111", region: eu-west-1, stage: prod }
owner: platform@example.com
profiles: {}

issuers:
  corp:
    type: saml
${settings.map((line) => `    ${line}\n`).join('')}`;

function read(...settings: readonly string[]) {
  write('daypass.yaml', configuration(...settings));
  return readConfigurationFile(file);
}

function refusalOf(...settings: readonly string[]): readonly string[] {
  try {
    read(...settings);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the configuration is taken');
}

const metadataLine = (value: string, allowed: string) =>
  `${file}:8 issuers.corp.metadataFile: ${JSON.stringify(value)} is not allowed; allowed: ${allowed}`;

describe('a metadataFile', () => {
  it('is read from the directory of the configuration', () => {
    const issuer = read('metadataFile: metadata/corp.xml').configuration.issuers.get('corp');

    const expected: Partial<SamlIssuer> = {
      entityId: 'https://idp.example/metadata',
      singleSignOnUrl: 'https://idp.example/sso',
      certificates: [one, two],
    };
    expect(issuer).toMatchObject(expected);
  });

  it('stands as its content in the document of the functions, which have no such file', () => {
    const { configuration, document } = read('metadataFile: metadata/corp.xml', 'idpInitiated: false');

    expect(JSON.stringify(document)).not.toContain('metadata/corp.xml');
    expect(parseConfiguration(JSON.parse(JSON.stringify(document)))).toEqual(configuration);
    expect(document).toMatchObject({ issuers: { corp: { idpInitiated: false, certificates: [one, two] } } });
  });

  it.each([
    ['page.xml', 'metadata of one EntityDescriptor with one IDPSSODescriptor'],
    ['expired.xml', 'a certificate for signing that has not expired: the last did on 2002-01-01'],
    ['large.xml', 'a file of at most 1048576 bytes'],
  ])('is refused with file, line, key, value and what is allowed: %s', (name, allowed) => {
    expect(refusalOf(`metadataFile: ${name}`)).toEqual([metadataLine(name, allowed)]);
  });

  it.each([
    ['none.xml', 'ENOENT: no such file'],
    ['metadata', 'it is no regular file'],
  ])('that cannot be read is refused with the reason: %s', (name, reason) => {
    const [line = '', ...others] = refusalOf(`metadataFile: ${name}`);

    expect(line).toContain(metadataLine(name, 'a readable file, by its path from this one ('));
    expect(line).toContain(reason);
    expect(others).toEqual([]);
  });

  it.each([
    ['entityId', 'entityId: https://idp.example/metadata'],
    ['singleSignOnUrl', 'singleSignOnUrl: https://idp.example/sso'],
    ['certificates', `certificates: [${one}]`],
  ])('is refused together with %s', (key, setting) => {
    const lines = refusalOf('metadataFile: metadata/corp.xml', setting);

    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      new RegExp(`^${file}:9 issuers\\.corp\\.${key}: .* is not allowed; allowed: metadataFile, or`),
    );
  });

  it('is refused when it sends browsers to this machine, as is such an address written out', () => {
    const written = [
      'entityId: https://idp.example/metadata',
      'singleSignOnUrl: http://127.0.0.1:8081/sso',
      `certificates: [${one}]`,
    ];
    const problem =
      'issuers.corp.singleSignOnUrl: "http://127.0.0.1:8081/sso" is not allowed; allowed: an https URL of a host that is not this machine';

    expect(refusalOf('metadataFile: local.xml')).toEqual([`${file}:6 ${problem}`]);
    expect(refusalOf(...written)).toEqual([`${file}:9 ${problem}`]);
  });

  it('that is no path is refused as such', () => {
    const lines = refusalOf('metadataFile: [metadata/corp.xml]');

    expect(lines[0]).toMatch(/:8 issuers\.corp\.metadataFile: \["metadata\/corp\.xml"\] is not allowed/);
  });

  it('leaves the other problems of its issuer to be shown', () => {
    const lines = refusalOf('metadataFile: page.xml', 'idpInitiated: maybe');

    expect(lines.map((line) => line.replace(file, '').split(':').slice(1, 3).join(':')).sort()).toEqual(
      ['8 issuers.corp.metadataFile', '9 issuers.corp.idpInitiated'].map((place) =>
        expect.stringContaining(place),
      ),
    );
  });
});
