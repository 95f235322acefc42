import { describe, expect, it } from '@jest/globals';
import { functionNames, toRoleArn, toRoleName } from '../../../lambda/core/function-roles.ts';
import { aConfiguration } from '../../support/a-configuration.ts';

const { deployment } = aConfiguration();

describe('the roles of the functions', () => {
  it('have the ARNs that partners have written down', () => {
    expect(functionNames.map((name) => toRoleArn(deployment, name))).toEqual([
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-authorizer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-audit',
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-saml',
    ]);
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
    const longest = { accountId: '111111111111', region: `eu-${'w'.repeat(19)}-1`, stage: 's'.repeat(16) };
    const configuration = aConfiguration({ deployment: longest });

    for (const name of functionNames) {
      expect(toRoleName(configuration.deployment, name)).toMatch(/^[\w+=,.@-]{1,64}$/);
    }
  });
});
