import { describe, expect, it } from '@jest/globals';
import { ConfigurationError } from '../../../lambda/core/configuration-error.ts';
import { iamLimits, packStatements } from '../../../lib/constructs/pack-statements.ts';
import type { IamStatement } from '../../../lib/permissions.ts';

const roleArns = (count: number) =>
  Array.from({ length: count }, (_, index) => `arn:aws:iam::222222222222:role/daypass/Role${10_000 + index}`);

const anAllow = (Sid: string, Resource: readonly string[]): IamStatement => ({
  Sid,
  Effect: 'Allow',
  Action: ['sts:AssumeRole'],
  Resource,
});

const lengthOf = (Statement: readonly IamStatement[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement }).length;

function packIntoPolicies(statements: readonly IamStatement[]) {
  const packed = packStatements('daypass-prod-eu-west-1-issuer', statements);
  if (!('managed' in packed)) throw new TypeError('expected managed policies');
  return packed.managed;
}

describe('packStatements', () => {
  it('keeps the statements as they are when they fit into one inline policy', () => {
    const statements = [anAllow('AssumeRole', roleArns(100))];

    expect(packStatements('role', statements)).toEqual({ inline: statements });
  });

  it('counts an ARN that CloudFormation will make as its likely length when it decides', () => {
    const token = `\${Token[Table.Arn.123]}`;
    const statements = Array.from({ length: 60 }, (_, index) => anAllow(`A${index}`, [token]));

    expect(lengthOf(statements)).toBeLessThan(iamLimits.inlinePolicyCharacters);
    expect(packStatements('role', statements)).toHaveProperty('managed');
  });

  it('makes managed policies within the limit when an inline policy is too small', () => {
    const statements = Array.from({ length: 60 }, (_, index) => anAllow(`A${index}`, roleArns(4)));

    const policies = packIntoPolicies(statements);

    expect(policies.flat()).toEqual(expect.arrayContaining(statements));
    expect(policies.flat()).toHaveLength(60);
    expect(Math.max(...policies.map(lengthOf))).toBeLessThanOrEqual(iamLimits.managedPolicyCharacters);
    expect(Math.min(...policies.slice(0, -1).map(lengthOf))).toBeGreaterThan(
      iamLimits.managedPolicyCharacters / 2,
    );
  });

  it('cuts a long list of roles into statements of their own when it alone is too long', () => {
    const arns = roleArns(500);

    const policies = packIntoPolicies([anAllow('AssumeRole', arns)]);

    const statements = policies.flat();
    expect(statements.flatMap(({ Resource }) => Resource)).toEqual(arns);
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    expect(Math.max(...policies.map(lengthOf))).toBeLessThanOrEqual(iamLimits.managedPolicyCharacters);
  });

  it('says how many policies it would take when there are more than IAM allows', () => {
    const statements = [anAllow('AssumeRole', roleArns(2000))];

    expect(() => packStatements('daypass-prod-eu-west-1-issuer', statements)).toThrow(
      /^profiles: "\d\d managed policies for role daypass-prod-eu-west-1-issuer" is not allowed; allowed: at most 10 of 6144 characters/,
    );
  });

  it('refuses to divide a Deny of everything but a list, which would deny everything, when that is too long', () => {
    const deny: IamStatement = {
      Sid: 'DenyRolesThatNoProfileNames',
      Effect: 'Deny',
      Action: ['sts:AssumeRole'],
      NotResource: roleArns(300),
    };

    expect(() => packStatements('role', [deny])).toThrow(ConfigurationError);
    expect(() => packStatements('role', [deny])).toThrow(
      /characters in statement DenyRolesThatNoProfileNames/,
    );
  });
});
