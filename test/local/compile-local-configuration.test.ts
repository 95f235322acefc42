import { describe, expect, it } from '@jest/globals';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { compileLocalConfiguration } from '../../local/compile-local-configuration.ts';

const { document } = readConfigurationFile('config/daypass.yaml');

describe('compileLocalConfiguration', () => {
  it('changes the address of the issuers that are played, and nothing else', () => {
    const original = structuredClone(document);

    const local = compileLocalConfiguration(document, new Map([['okta', 'http://127.0.0.1:9000/okta']]));

    const { okta, acme } = Object(local).issuers;
    expect(okta.issuer).toBe('http://127.0.0.1:9000/okta');
    expect(acme.issuer).toBe('https://login.acme.example');
    okta.issuer = 'https://example.okta.com';
    expect(local).toEqual(original);
    expect(document).toEqual(original);
  });

  it('gives a configuration that the functions take', () => {
    const urls = new Map(
      ['okta', 'github-actions', 'acme'].map((name) => [name, `http://127.0.0.1:9000/${name}`]),
    );

    const { issuers } = parseConfiguration(compileLocalConfiguration(document, urls));

    expect([...issuers.values()].map(({ issuer }) => issuer)).toEqual([...urls.values()]);
  });
});
