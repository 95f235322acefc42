import type { Keys, Urls } from './attack-world.ts';

/** Of 2048 bits, of nobody. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIDDzCCAfegAwIBAgIUJk1DERD9u4FhxDl+LDBScGR0ap0wDQYJKoZIhvcNAQEL
BQAwFjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwIBcNMjYxMTIxMDYwNTA2WhgPMjEy
NjEwMjgwNjA1MDZaMBYxFDASBgNVBAMMC2lkcC5leGFtcGxlMIIBIjANBgkqhkiG
9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzEIgOkub0ZkHaGhL72hWR9mX/JIHs3fHL6sc
A1w4zSdDoKUNuskswHKdOCjzU24Mh0FmlND4CJo8PEA9wAKMtiQ7SLU++SR2Cvp4
Eu2Mi6XyfAw5QEN81LfUE3HF9/slzsh5ddoKgEQRF5Xi3gyTa6gGmMacDLUwzcP5
JzU7wmB6MfbAy5SNuFj3OQCCR/W2GEW1YW45bI/IGMJHjcTAodETqkm4lWnYVH/G
s4WCieJPmdaDHN5Q4baRZxvB1NMx8tvFPLvEUxzshTwbiFq6DqOB1s9VmItGMQYy
4lCo6GxcmLWkcrrerVav409BXJIj5aAggnzf8blTBRavIDhmVwIDAQABo1MwUTAd
BgNVHQ4EFgQUrejg4qriC0BZ+9olE5R4AEx6gHowHwYDVR0jBBgwFoAUrejg4qri
C0BZ+9olE5R4AEx6gHowDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOC
AQEALg3AfIQH6tcthBuKojerOswzdS/LRPGUga4DpxR8P5ara6F3ExIeHcevFWgJ
LBYKjXZAcgW51PKlyJKtf0YAdKkuOZtyw+vrVUAXQL+cXoo1UhR8Zqrohs1/NsUb
4b5b/DjyOYauzkZsdckZIlxrX9jEydXlbY7N5pFl5sKVaxohgm96A9s/odgXxvfK
DnLqPIw7G5B1pg5VchFEBd8WGd8fz5KUB0H1rb0CN+yRZVnmmwgzeK+bzYIkd5TM
Ax1S24pbxXjfh4liS3l4pY/u8/r+1wKwHOTG8k8hkGIxW4x1TN8i9t9Z/eONdaZi
IEfkG3EIgY03Y8BrwvVV5YTltA==
-----END CERTIFICATE-----`;

/** A deployment with issuers of every kind, none of them more lenient than its preset or the defaults. */
export function configurationDocument({ iss, keys }: { readonly iss: Urls; readonly keys: Keys }): object {
  const jwks = (name: keyof Keys) => ({ jwks: { keys: [keys[name].jwk] } });
  return {
    deployment: { accountId: '111111111111', region: 'eu-west-1', stage: 'prod' },
    owner: 'platform-team@example.com',
    issuers: {
      okta: {
        ...{ type: 'oidc', issuer: iss.okta, audience: 'daypass', maxLifetimeSeconds: 3600 },
        claims: {
          groups: { claim: '/groups', type: 'list' },
          team: { claim: '/team', type: 'string' },
          level: { claim: '/level', type: 'number' },
          // What every object inherits is nobody's claim.
          inherited: { claim: '/valueOf', type: 'string' },
          contractor: { claim: '/contractor', type: 'boolean' },
        },
        mfa: { amr: ['mfa'] },
      },
      contractors: { type: 'oidc', issuer: iss.contractors, audience: 'daypass', maxAgeSeconds: 600 },
      partner: {
        ...{ type: 'oidc', issuer: iss.partner, audience: 'daypass', algorithms: ['ES256'] },
        claims: { owner: { claim: '/tenant/id', type: 'string' } },
        admit: [
          { Effect: 'Allow', Condition: { StringEquals: { 'claims:owner': '1234567' } } },
          { Effect: 'Deny', Condition: { StringEquals: { 'daypass:Subject': 'mallory' } } },
        ],
      },
      ministry: {
        ...{ type: 'oidc', issuer: iss.ministry, algorithms: ['ES384'], tokenTypes: ['at+jwt', 'JWT'] },
        audience: ['daypass', 'https://broker.example'],
      },
      'github-actions': {
        ...{ type: 'oidc', preset: 'github-actions', audience: 'https://daypass.example.com' },
        ...jwks('github-actions'),
        claims: { owner: { claim: '/repository_owner_id', type: 'string' } },
        admit: [{ Effect: 'Allow', Condition: { StringEquals: { 'claims:owner': '1234567' } } }],
      },
      cluster: {
        ...{ type: 'oidc', preset: 'kubernetes', issuer: iss.cluster, audience: 'daypass' },
        ...jwks('cluster'),
      },
      cognito: {
        ...{ type: 'oidc', preset: 'cognito', issuer: iss.cognito, audience: '1example23456789' },
        ...jwks('cognito'),
      },
      entra: {
        ...{ type: 'oidc', preset: 'entra', issuer: iss.entra },
        audience: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
        ...jwks('entra'),
      },
      google: {
        ...{ type: 'oidc', preset: 'google', audience: 'daypass.apps.example', ...jwks('google') },
        claims: { domain: { claim: '/hd', type: 'string' } },
        admit: [{ Effect: 'Allow', Condition: { StringEquals: { 'claims:domain': 'example.com' } } }],
      },
      adfs: {
        ...{ type: 'saml', entityId: 'http://adfs.example/adfs/services/trust' },
        singleSignOnUrl: 'https://adfs.example/adfs/ls/',
        certificates: [certificate],
        claims: { groups: { attribute: 'http://schemas.xmlsoap.org/claims/Group', type: 'list' } },
        admit: [
          { Effect: 'Deny', Condition: { StringEquals: { 'daypass:Subject': 'mallory' } } },
          { Effect: 'Allow' },
        ],
      },
      acme: { type: 'integration', audience: 'https://broker.example/v1', ...jwks('acme') },
      globex: { type: 'integration', audience: 'https://broker.example/v1', ...jwks('globex') },
      aws: { type: 'iam', accounts: ['111111111111'] },
    },
    profiles: {
      readonly: {
        ...{ description: 'Read-only access', mechanism: 'assume-role' },
        roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
        trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
      },
    },
  };
}
