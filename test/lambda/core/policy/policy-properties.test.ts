import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../../lambda/core/policy/evaluate-policy.ts';
import { conditionOperators, type RequestPrincipal } from '../../../../lambda/core/policy/policy.ts';
import { toRequest } from './tables/decision-row.ts';
import { session, trust, user } from './tables/principal-rows.ts';

/** JSON that looks like a policy often enough to come past the first checks. */
const names = [
  ...['Version', 'Id', 'Statement', 'Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource'],
  ...['Principal', 'NotPrincipal', 'Condition', 'AWS', 'Service', 'Federated', 'aws:SourceIp', 'claims:x'],
  ...['ForAnyValue:StringLike', 'ForAllValues:StringEqualsIfExists', ...conditionOperators],
];
const words = [
  '2012-10-17',
  'Allow',
  'Deny',
  '*',
  'sts:*',
  'arn:aws:iam::111111111111:root',
  '10.0.0.0/8',
  '${a:b}',
];
const leaf = fc.oneof(fc.constantFrom(...words), fc.jsonValue({ maxDepth: 0 }), fc.string());
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { depthSize: 'large', withCrossShrink: true },
    leaf,
    fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('document'), { maxKeys: 6 }),
    fc.array(tie('document'), { maxLength: 3 }),
  ),
}));

const key = fc.constantFrom('aws:SourceIp', 'claims:team', 'claims:groups');
const value = fc.constantFrom('10.0.0.1', 'web', 'sre', '*', '', '${claims:team}');
const condition = fc
  .tuple(
    fc.constantFrom('StringEquals', 'StringNotLike', 'ForAnyValue:StringLike', 'StringEqualsIfExists'),
    key,
    fc.array(value, { minLength: 1, maxLength: 2 }),
  )
  .map(([operator, name, values]) => ({ [operator]: { [name]: values } }));
const statement = (effects: readonly string[]) =>
  fc.record({
    Effect: fc.constantFrom(...effects),
    Action: fc.constantFrom('*', 'sts:*', 'sts:AssumeRole', 'sts:Tag*'),
    Resource: fc.constantFrom(
      '*',
      'arn:aws:iam::222222222222:role/daypass/*',
      'arn:aws:iam::222222222222:role/${claims:team}/*',
    ),
    Condition: fc.oneof(fc.constant({}), condition),
  });
const context = fc.dictionary(key, fc.oneof(value, fc.array(value, { maxLength: 3 })));
const request = fc
  .record({ action: fc.constantFrom('sts:AssumeRole', 'sts:TagSession', 'iam:PassRole'), context })
  .map(toRequest);

const compile = (Statement: readonly unknown[]) =>
  compilePolicy({ Version: '2012-10-17', Statement }, identityPolicyGrammar);

describe('compilePolicy', () => {
  it.each([
    identityPolicyGrammar,
    trustPolicyGrammar,
    { ...trustPolicyGrammar, document: 'statements' as const },
  ])('throws nothing but PolicyError, with problems, whatever the document (%#)', (grammar) => {
    fc.assert(
      fc.property(
        fc.oneof(document, fc.anything({ withBigInt: true, withDate: true, withMap: true })),
        (anything) => {
          try {
            compilePolicy(anything, grammar);
          } catch (error) {
            expect(error).toBeInstanceOf(PolicyError);
            expect((error as PolicyError).problems.length).toBeGreaterThan(0);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('makes a policy that can be evaluated whatever the request', () => {
    fc.assert(
      fc.property(
        document,
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))),
        (some, given) => {
          const Condition = typeof some === 'object' && some !== null && !Array.isArray(some) ? some : {};
          const statements = [{ Effect: 'Allow', Action: '*', Resource: '*', Condition }];
          const policy = ignoringRefusal(() => compile(statements));
          if (policy === undefined) return;
          expect(evaluatePolicy([policy], toRequest({ context: given })).effect).toMatch(
            /Allow|ImplicitDeny/,
          );
        },
      ),
    );
  });
});

describe('evaluatePolicy', () => {
  it('never allows more when a Deny is added, wherever it is added', () => {
    fc.assert(
      fc.property(
        fc.array(statement(['Allow', 'Deny']), { minLength: 1, maxLength: 4 }),
        statement(['Deny']),
        fc.nat(),
        request,
        (statements, deny, place, asked) => {
          const before = evaluatePolicy([compile(statements)], asked).effect;
          const at = place % (statements.length + 1);
          const after = evaluatePolicy([compile(statements.toSpliced(at, 0, deny))], asked).effect;
          if (before !== 'Allow') expect(after).not.toBe('Allow');
          if (before === 'ExplicitDeny') expect(after).toBe('ExplicitDeny');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never allows less when an Allow is added', () => {
    fc.assert(
      fc.property(
        fc.array(statement(['Allow', 'Deny']), { minLength: 1 }),
        statement(['Allow']),
        request,
        (statements, allow, asked) => {
          const before = evaluatePolicy([compile(statements)], asked).effect;
          const after = evaluatePolicy([compile([...statements, allow])], asked).effect;
          if (before === 'Allow') expect(after).toBe('Allow');
          if (before === 'ExplicitDeny') expect(after).toBe('ExplicitDeny');
        },
      ),
    );
  });

  it('allows whom it allowed when principals are added to an Allow', () => {
    const principal = fc.constantFrom(
      { AWS: '111111111111' },
      { AWS: '222222222222' },
      { AWS: 'arn:aws:iam::111111111111:user/ops/jo' },
      { AWS: 'arn:aws:iam::111111111111:role/daypass/issuer' },
      { AWS: 'arn:aws:sts::111111111111:assumed-role/issuer/jo' },
    );
    const caller = fc.constantFrom<RequestPrincipal>(user, session);
    fc.assert(
      fc.property(fc.array(principal, { minLength: 1 }), principal, caller, (some, more, asking) => {
        const decide = (list: readonly { AWS: string }[]) => {
          const policy = compilePolicy(trust({ AWS: list.map(({ AWS }) => AWS) }), trustPolicyGrammar);
          return evaluatePolicy([policy], toRequest({ principal: asking })).effect === 'Allow';
        };
        expect(decide([...some, more])).toBe(decide(some) || decide([more]));
      }),
    );
  });
});

function ignoringRefusal<T>(compiling: () => T): T | undefined {
  try {
    return compiling();
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}
