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

const roleName = 'daypass-prod-eu-west-1-issuer';

function pack(statements: readonly IamStatement[], quota?: number) {
  const { inline, managed } = packStatements({ roleName, statements, quota });
  expect(lengthOf(inline)).toBeLessThanOrEqual(iamLimits.inlinePolicyCharacters);
  for (const policy of managed) {
    expect(lengthOf(policy)).toBeLessThanOrEqual(iamLimits.managedPolicyCharacters);
    expect(new Set(policy.map(({ Sid }) => Sid)).size).toBe(policy.length);
  }
  return { inline, managed, all: [inline, ...managed].flat() };
}

describe('packStatements', () => {
  it('keeps the statements as they are when they fit into one inline policy', () => {
    const statements = [anAllow('AssumeRole', roleArns(100))];

    expect(pack(statements)).toMatchObject({ inline: statements, managed: [] });
  });

  it('counts an ARN that CloudFormation will make as its likely length when it decides', () => {
    const token = `\${Token[Table.Arn.123]}`;
    const statements = Array.from({ length: 60 }, (_, index) => anAllow(`A${index}`, [token]));

    expect(lengthOf(statements)).toBeLessThan(iamLimits.inlinePolicyCharacters);
    expect(pack(statements).managed).toHaveLength(2);
  });

  it('puts what an inline policy has no room for into managed ones, and nothing twice', () => {
    const statements = Array.from({ length: 50 }, (_, index) => anAllow(`A${index}`, roleArns(4)));

    const { inline, managed, all } = pack(statements);

    expect(all).toEqual(statements);
    expect(lengthOf(inline)).toBeGreaterThan(iamLimits.inlinePolicyCharacters - 400);
    expect(managed).toHaveLength(1);
  });

  it('fills a policy to the last character, and no further', () => {
    const empty = lengthOf([{ ...anAllow('A', []) }]);
    const fitting = 'r'.repeat(iamLimits.inlinePolicyCharacters - empty - '""'.length);

    expect(pack([anAllow('A', [fitting])]).inline).toHaveLength(1);
    expect(() => pack([anAllow('A', [`${fitting}r`])])).toThrow(/characters in statement A of role/);
  });

  it('cuts a long list of roles into statements of their own when it alone is too long', () => {
    const arns = roleArns(500);

    const { all } = pack([anAllow('AssumeRole', arns)]);

    expect(all.flatMap(({ Resource }) => Resource)).toEqual(arns);
    expect(all.map(({ Sid }) => Sid)).toEqual(all.map((_, part) => `AssumeRolep${part}`));
  });

  it('says how many policies it would take, how much fits and what to do when there are more than IAM allows', () => {
    const statements = [anAllow('AssumeRole', roleArns(2000))];

    expect(() => pack(statements)).toThrow(
      /^profiles: "1[5-9] managed policies for role daypass-prod-eu-west-1-issuer" is not allowed; allowed: at most 10 of 6144 characters, which hold 1[34]\d\d of the 2000 resources that it names: have IAM's quota raised \(at most 20\) and say so by managedPolicyQuota, enter roles by way of a hub role \(via\), or name fewer /,
    );
    expect(pack(statements, 20).managed.length).toBeGreaterThan(10);
  });

  it.each([0, 21, 1.5, Number.NaN])('refuses a quota that IAM does not have: %d', (quota) => {
    expect(() => pack([], quota)).toThrow(`managedPolicyQuota is ${quota}; allowed: an integer, 1–20`);
  });

  it('refuses to divide a Deny of everything but a list, which would deny everything, when that is too long', () => {
    const deny: IamStatement = {
      Sid: 'DenyAllBut',
      Effect: 'Deny',
      Action: ['sts:AssumeRole'],
      NotResource: roleArns(300),
    };

    expect(() => pack([deny])).toThrow(ConfigurationError);
    expect(() => pack([deny])).toThrow(/characters in statement DenyAllBut of role/);
  });
});
