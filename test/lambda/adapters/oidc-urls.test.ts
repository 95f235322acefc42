import { describe, expect, it } from '@jest/globals';
import { requireIssuerUrl, requireKeySetUrl, toDiscoveryUrl } from '../../../lambda/adapters/oidc-urls.ts';

describe('requireIssuerUrl', () => {
  it.each([
    'https://example.okta.com',
    'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC',
    'https://idp.corp.internal:8443/x',
    'http://127.0.0.1:9000/okta',
    'http://localhost:9000',
    'http://[::1]:9000',
  ])('takes %s', (issuer) => {
    expect(requireIssuerUrl(issuer).href).toContain(issuer);
  });

  it.each([
    'example.okta.com',
    '',
    'http://example.okta.com',
    'http://127.0.0.1.evil.example',
    'http://localhost.evil.example',
    'http://169.254.169.254',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'https://user@example.okta.com',
    'https://:secret@example.okta.com',
    'https://example.okta.com?x=1',
    'https://example.okta.com#x',
  ])('throws TypeError for %s', (issuer) => {
    expect(() => requireIssuerUrl(issuer)).toThrow(TypeError);
  });
});

describe('toDiscoveryUrl', () => {
  it.each([
    ['https://idp.example', 'https://idp.example/.well-known/openid-configuration'],
    ['https://idp.example/', 'https://idp.example/.well-known/openid-configuration'],
    ['https://idp.example/a/b', 'https://idp.example/a/b/.well-known/openid-configuration'],
    ['https://idp.example/a/b/', 'https://idp.example/a/b/.well-known/openid-configuration'],
  ])('makes of %s %s', (issuer, expected) => {
    expect(toDiscoveryUrl(new URL(issuer)).href).toBe(expected);
  });
});

describe('requireKeySetUrl', () => {
  it.each([
    ['https://idp.example', 'https://idp.example/keys'],
    ['https://idp.example', 'https://idp.example/keys?v=2'],
    ['https://accounts.google.com', 'https://www.googleapis.com/oauth2/v3/certs'],
    ['https://idp.corp.internal:8443', 'https://idp.corp.internal:8443/keys'],
    ['https://10.0.0.1', 'https://10.0.0.1/keys'],
    ['http://127.0.0.1:9000/okta', 'http://127.0.0.1:9000/okta/jwks'],
    ['http://127.0.0.1:9000', 'http://localhost:9001/jwks'],
  ])('takes for %s %s', (issuer, jwksUri) => {
    expect(requireKeySetUrl(jwksUri, new URL(issuer)).href).toBe(jwksUri);
  });

  it.each([
    ['absent', undefined],
    ['a number', 1],
    ['a list', ['https://idp.example/keys']],
    ['relative', '/keys'],
    ['http', 'http://idp.example/keys'],
    ['http on loopback', 'http://127.0.0.1/keys'],
    ['of another scheme', 'data:application/json,{"keys":[]}'],
    ['a file', 'file:///etc/passwd'],
    ['with user and password', 'https://a:b@idp.example/keys'],
    ['with a user that looks like the host', 'https://idp.example@evil.example/keys'],
    ['with a fragment', 'https://idp.example/keys#x'],
    ['loopback', 'https://127.0.0.1/keys'],
    ['loopback by name', 'https://localhost/keys'],
    ['loopback by a name below', 'https://a.localhost/keys'],
    ['loopback in v6', 'https://[::1]/keys'],
    ['loopback as one number', 'https://2130706433/keys'],
    ['loopback in hexadecimal', 'https://0x7f.1/keys'],
    ['link-local', 'https://169.254.169.254/latest/meta-data'],
    ['link-local in v6', 'https://[fd00:ec2::254]/latest'],
    ['v4 in v6', 'https://[::ffff:169.254.169.254]/latest'],
    ['private', 'https://10.0.0.1/keys'],
    ['a public address', 'https://93.184.216.34/keys'],
    ['a single label', 'https://metadata/keys'],
    ['a private name', 'https://metadata.google.internal/keys'],
    ['a name of the local network', 'https://printer.local/keys'],
    ['a name with a dot at its end', 'https://localhost./keys'],
    ['on another port of the host', 'https://idp.example:6379/keys'],
    ['on a port of a public host', 'https://www.googleapis.com:8080/keys'],
  ])('refuses an address that is %s', (_name, jwksUri) => {
    expect(() => requireKeySetUrl(jwksUri, new URL('https://idp.example'))).toThrow('jwks_uri');
  });

  it.each(['https://idp.example/keys', 'http://169.254.169.254/keys', 'ftp://127.0.0.1/keys'])(
    'refuses %s for a loopback issuer',
    (jwksUri) => {
      expect(() => requireKeySetUrl(jwksUri, new URL('http://127.0.0.1:9000'))).toThrow('jwks_uri');
    },
  );
});
