import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { environment } from '../../../lambda/functions/environment.ts';
import { readConfigurationFile } from '../../../lambda/functions/read-configuration-file.ts';
import { aConfigurationDocument } from '../../support/a-configuration.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-'));
});

afterEach(() => {
  delete process.env[environment.configurationFile];
  rmSync(directory, { recursive: true });
});

function configure(text: string): string {
  const file = join(directory, 'configuration.json');
  writeFileSync(file, text);
  process.env[environment.configurationFile] = file;
  return file;
}

describe('readConfigurationFile', () => {
  it('gives the configuration of the file', () => {
    configure(JSON.stringify(aConfigurationDocument()));

    expect(readConfigurationFile().issuers.get('okta')).toMatchObject({ issuer: 'https://example.okta.com' });
  });

  it('throws naming the variable when it is not set', () => {
    expect(() => readConfigurationFile()).toThrow(environment.configurationFile);
  });

  it('throws naming the file when there is none', () => {
    process.env[environment.configurationFile] = join(directory, 'absent.json');

    expect(() => readConfigurationFile()).toThrow('absent.json');
  });

  it('throws naming the file when it is not JSON', () => {
    const file = configure('deployment: {}');

    expect(() => readConfigurationFile()).toThrow(file);
  });

  it('throws naming the key when it is no configuration', () => {
    configure(JSON.stringify({ ...aConfigurationDocument(), surplus: 1 }));

    expect(() => readConfigurationFile()).toThrow('surplus');
  });
});
