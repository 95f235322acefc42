import { describe, expect, it } from '@jest/globals';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../../lambda/core/policy/evaluate-policy.ts';
import { toRequest } from './tables/decision-row.ts';
import { trust } from './tables/principal-rows.ts';

const aStatement = (Effect: string, Sid: string) => ({ Effect, Sid, Action: 'sts:*', Resource: '*' });
const compile = (...statements: readonly object[]) =>
  compilePolicy({ Version: '2012-10-17', Statement: statements }, identityPolicyGrammar);

describe('evaluatePolicy', () => {
  it('names the first Deny when several statements apply', () => {
    const policies = [
      compile(aStatement('Allow', 'A'), aStatement('Deny', 'B')),
      compile(aStatement('Deny', 'C'), aStatement('Allow', 'D')),
    ];

    const { effect, statement } = evaluatePolicy(policies, toRequest({}));

    expect([effect, statement?.sid, statement?.index]).toEqual(['ExplicitDeny', 'B', 1]);
  });

  it('names the first Allow when no Deny applies', () => {
    const policies = [compile(aStatement('Allow', 'A')), compile(aStatement('Allow', 'B'))];

    expect(evaluatePolicy(policies, toRequest({})).statement?.sid).toBe('A');
  });

  it('denies without naming a statement when there is none', () => {
    expect(evaluatePolicy([], toRequest({}))).toEqual({ effect: 'ImplicitDeny' });
  });

  it.each([
    ['action', identityPolicyGrammar, compileNothing('action')],
    ['resource', identityPolicyGrammar, compileNothing('resource')],
    ['principal', trustPolicyGrammar, compileNothing('principal')],
  ])('throws when statements ask for the %s and the request has none', (element, grammar, request) => {
    const document =
      grammar === trustPolicyGrammar
        ? trust({ AWS: '111111111111' }, { Effect: 'Deny' })
        : { Statement: { Effect: 'Deny', Action: 'sts:*', Resource: '*' } };

    expect(() => evaluatePolicy([compilePolicy(document, grammar)], request)).toThrow(
      new TypeError(`the policy has statements on the ${element}, and the request has none`),
    );
  });
});

/** A request with everything but one element. */
function compileNothing(element: 'action' | 'resource' | 'principal') {
  const whole = toRequest({ principal: { type: 'Service', service: 'ec2.amazonaws.com' } });
  const { [element]: _left, ...rest } = whole;
  return { ...rest, context: whole.context };
}
