import type { IntegrationIssuer, SamlIssuer } from '../../lambda/core/configuration.ts';
import type { DeployedIamIssuer } from '../../lambda/core/find-iam-issuer.ts';
import { compilePolicy } from '../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import { iamClaims } from '../../lambda/core/to-iam-principal.ts';
import { toIssuer } from '../../lambda/core/to-issuer.ts';
import type { SigningKey } from './tokens.ts';

/** Hears account 222222222222. */
export const anIamIssuer = (changes: Partial<DeployedIamIssuer> = {}): DeployedIamIssuer => ({
  type: 'iam',
  name: 'aws',
  partition: 'aws',
  accounts: ['222222222222'],
  claims: iamClaims,
  identityCenterAccounts: [],
  mfa: { permissionSets: [], profiles: [] },
  ...changes,
});

export const aSamlIssuer = (changes: Partial<SamlIssuer> = {}): SamlIssuer => ({
  type: 'saml',
  name: 'ad-fs',
  entityId: 'http://adfs.example.com/adfs/services/trust',
  singleSignOnUrl: 'https://adfs.example.com/adfs/ls/',
  certificates: [],
  claims: new Map([['team', { attribute: 'team', type: 'string' }]]),
  mfa: { authnContexts: [], authnMethods: [] },
  idpInitiated: false,
  ...changes,
});

/** As a configuration of this name, algorithm and key is compiled. */
export function anIntegrationIssuer(
  name: string,
  { publicJwk }: SigningKey,
  changes: Partial<IntegrationIssuer> = {},
): IntegrationIssuer {
  const issuer = toIssuer(
    {
      type: 'integration',
      audience: 'https://daypass.example.com',
      algorithms: ['ES256'],
      jwks: { keys: [{ ...publicJwk }] },
    },
    { name, type: 'integration' },
  );
  if (issuer.type !== 'integration') throw new TypeError('not of the type that was asked for');
  return { ...issuer, ...changes };
}

/** Statements as an issuer's `admit` has them. */
export const admitting = (...statements: readonly object[]): Policy =>
  compilePolicy(statements, {
    document: 'statements',
    principal: 'forbidden',
    action: 'forbidden',
    resource: 'forbidden',
  });
