import { describe, expect, it } from '@jest/globals';
import { toFederatorUserArn } from '../../../lambda/core/federator-user-arn.ts';
import {
  deployedFunctions,
  functionNames,
  requireDeployed,
  roleOwners,
  toPerFunction,
  toRoleArn,
  toRoleName,
} from '../../../lambda/core/function-roles.ts';
import { aConfiguration } from '../../support/a-configuration.ts';
import { aFederatedConfiguration } from '../../support/federated-profiles.ts';

const { deployment } = aConfiguration();

describe('the roles of the functions', () => {
  it('have the ARNs that partners have written down', () => {
    expect(functionNames.map((name) => toRoleArn(deployment, name))).toEqual([
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-authorizer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-audit',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-saml',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-controls',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-publisher',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-reconciler',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-rotation',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-integrations',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-integration-issuer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-prober',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-revoker',
    ]);
    expect(toRoleArn(deployment, 'stranger')).toBe(
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-stranger',
    );
  });

  it('have a path of their own, where the deployment says so, and the user has it too', () => {
    const moved = { ...deployment, rolePath: '/platform/brokers/' };

    expect(toRoleArn(moved, 'issuer')).toBe(
      'arn:aws:iam::111111111111:role/platform/brokers/daypass-prod-eu-west-1-issuer',
    );
    expect(toRoleArn({ ...deployment, rolePath: '/' }, 'issuer')).toBe(
      'arn:aws:iam::111111111111:role/daypass-prod-eu-west-1-issuer',
    );
    expect(toFederatorUserArn(moved)).toBe(
      'arn:aws:iam::111111111111:user/platform/brokers/daypass-prod-eu-west-1-federator',
    );
  });

  it.each([
    ['cn-north-1', 'arn:aws-cn:iam::'],
    ['us-gov-west-1', 'arn:aws-us-gov:iam::'],
  ])('are in the partition of %s', (region, prefix) => {
    const profiles = {};
    const elsewhere = aConfiguration({
      deployment: { accountId: '111111111111', region },
      profiles,
    }).deployment;

    expect(toRoleArn(elsewhere, 'issuer').startsWith(prefix)).toBe(true);
  });

  it('have names that IAM takes, with the longest stage and region', () => {
    const longest = { accountId: '111111111111', region: `eu-${'w'.repeat(15)}-1`, stage: 's'.repeat(16) };
    const configuration = aConfiguration({ deployment: longest });

    for (const name of roleOwners) {
      expect(toRoleName(configuration.deployment, name)).toMatch(/^[\w+=,.@-]{1,64}$/);
    }
  });
});

describe('deployedFunctions', () => {
  const standing = ['authorizer', 'issuer', 'audit', 'saml', 'controls', 'publisher', 'reconciler'];

  it('are those of every deployment where no profile needs another', () => {
    expect(deployedFunctions(aConfiguration())).toEqual(standing);
    expect(Object.keys(toPerFunction(aConfiguration(), (name) => name))).toEqual(standing);
  });

  it('have the rotation among them where a profile has the mechanism federation-token', () => {
    expect(deployedFunctions(aFederatedConfiguration())).toEqual([...standing, 'rotation']);
  });

  it('have the one that changes roles among them where the configuration says so', () => {
    const applying = aConfiguration({ revocation: { apply: true } });

    expect(deployedFunctions(applying)).toEqual([...standing, 'revoker']);
    expect(deployedFunctions(aConfiguration({ revocation: { apply: false } }))).toEqual(standing);
  });

  it('have those of third parties among them where the configuration has the section', () => {
    const integrations = { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] };

    expect(deployedFunctions(aConfiguration({ integrations }))).toEqual([
      ...[...standing, 'integrations', 'integration-issuer', 'prober'],
    ]);
  });

  it('are required by name', () => {
    const names = toPerFunction(aConfiguration(), (name) => name);

    expect(requireDeployed(names, 'issuer')).toBe('issuer');
    expect(() => requireDeployed(names, 'rotation')).toThrow('function rotation is not deployed');
  });
});
