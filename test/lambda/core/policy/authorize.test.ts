import { describe, expect, it } from '@jest/globals';
import { type Authorization, authorize } from '../../../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import type { AuthorizationRow } from './tables/authorization-row.ts';
import { crossAccountRows } from './tables/cross-account-rows.ts';
import { toRequest } from './tables/decision-row.ts';
import { trust, user } from './tables/principal-rows.ts';
import { sameAccountRows } from './tables/same-account-rows.ts';

const compileIdentity = (document: unknown) => compilePolicy(document, identityPolicyGrammar);

function toAuthorization(row: AuthorizationRow): Authorization {
  return {
    request: { ...toRequest({}), principal: row.principal },
    identityPolicies: (row.identity ?? []).map(compileIdentity),
    resourceAccountId: row.account,
    ...(row.session === undefined ? {} : { sessionPolicies: row.session.map(compileIdentity) }),
    ...(row.trust === undefined ? {} : { resourcePolicy: compilePolicy(row.trust, trustPolicyGrammar) }),
  };
}

describe('authorize', () => {
  it.each([...sameAccountRows, ...crossAccountRows])(
    'decides $expected by the $source side: $name',
    (row) => {
      const { effect, source } = authorize(toAuthorization(row));

      expect({ effect, source }).toEqual({ effect: row.expected, source: row.source });
    },
  );

  it('names the statement that allowed when the resource policy does', () => {
    const outcome = authorize({
      request: { ...toRequest({}), principal: user },
      identityPolicies: [],
      resourcePolicy: compilePolicy(trust('*', { Sid: 'Everybody' }), trustPolicyGrammar),
      resourceAccountId: '111111111111',
    });

    expect(outcome.statement?.sid).toBe('Everybody');
  });

  it('names the strongest of several statements that allow', () => {
    const allow = { Effect: 'Allow', Action: 'sts:AssumeRole' };
    const statements = [
      { ...allow, Sid: 'Account', Principal: { AWS: '111111111111' } },
      { ...allow, Sid: 'User', Principal: { AWS: 'arn:aws:iam::111111111111:user/ops/jo' } },
    ];

    const outcome = authorize({
      request: { ...toRequest({}), principal: user },
      identityPolicies: [],
      resourcePolicy: compilePolicy({ Version: '2012-10-17', Statement: statements }, trustPolicyGrammar),
      resourceAccountId: '111111111111',
    });

    expect(outcome).toMatchObject({ effect: 'Allow', statement: { sid: 'User' } });
  });
});
