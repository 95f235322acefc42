import { describe, expect, it } from '@jest/globals';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { compileLocalConfiguration } from '../../local/compile-local-configuration.ts';

const { document } = readConfigurationFile('config/daypass.yaml');

describe('compileLocalConfiguration', () => {
  it('changes the settings of the issuers that are played, and nothing else', () => {
    const original = structuredClone(document);
    const settings = new Map([['okta', { issuer: 'http://127.0.0.1:9000/okta' }]]);

    const local = compileLocalConfiguration(document, settings);

    const { okta, acme } = Object(local).issuers;
    expect(okta.issuer).toBe('http://127.0.0.1:9000/okta');
    expect(acme.issuer).toBe('https://login.acme.example');
    okta.issuer = 'https://example.okta.com';
    expect(local).toEqual(original);
    expect(document).toEqual(original);
  });

  it('leaves a setting out that is undefined', () => {
    const written = { owner: 'me', issuers: { okta: { type: 'oidc', jwks: { keys: [] } } } };

    const local = compileLocalConfiguration(written, new Map([['okta', { jwks: undefined }]]));

    expect(Object.keys(Object(local).issuers.okta)).toEqual(['type']);
  });

  it('adds no issuer that the configuration does not have', () => {
    const local = compileLocalConfiguration(document, new Map([['entra', { issuer: 'http://127.0.0.1' }]]));

    expect(Object.keys(Object(local).issuers)).toEqual(Object.keys(Object(document).issuers));
  });

  it('gives a configuration that the functions take, beside a preset too', () => {
    const settings = new Map(
      ['okta', 'github-actions', 'acme'].map((name) => [
        name,
        { issuer: `http://127.0.0.1:9000/${name}`, jwks: undefined },
      ]),
    );

    const { issuers } = parseConfiguration(compileLocalConfiguration(document, settings));

    expect(Object.fromEntries(issuers)).toMatchObject({
      ...Object.fromEntries([...settings].map(([name, { issuer }]) => [name, { issuer }])),
      'github-actions': { issuer: 'http://127.0.0.1:9000/github-actions', algorithms: ['RS256'] },
    });
  });
});
