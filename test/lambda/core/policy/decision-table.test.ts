import { describe, expect, it } from '@jest/globals';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../../lambda/core/policy/evaluate-policy.ts';
import type { PolicyGrammar } from '../../../../lambda/core/policy/policy.ts';
import { actionResourceRows } from './tables/action-resource-rows.ts';
import { addressRows } from './tables/address-rows.ts';
import { arnRows } from './tables/arn-rows.ts';
import { crossAccountRows } from './tables/cross-account-rows.ts';
import { type DecisionRow, toRequest } from './tables/decision-row.ts';
import { numberDateRows } from './tables/number-date-rows.ts';
import { presenceRows } from './tables/presence-rows.ts';
import { principalRows } from './tables/principal-rows.ts';
import { sameAccountRows } from './tables/same-account-rows.ts';
import { stringRows } from './tables/string-rows.ts';
import { variableRows } from './tables/variable-rows.ts';

const tables: readonly (readonly [string, PolicyGrammar, readonly DecisionRow[]])[] = [
  ['strings', identityPolicyGrammar, stringRows],
  ['numbers, dates, booleans and bytes', identityPolicyGrammar, numberDateRows],
  ['addresses', identityPolicyGrammar, addressRows],
  ['ARNs', identityPolicyGrammar, arnRows],
  ['missing keys and sets', identityPolicyGrammar, presenceRows],
  ['variables', identityPolicyGrammar, variableRows],
  ['actions and resources', identityPolicyGrammar, actionResourceRows],
  ['principals', trustPolicyGrammar, principalRows],
];

describe.each(tables)('the decision table of %s', (_theme, grammar, rows) => {
  it.each(rows)('decides $expected: $name', ({ policy, request, expected }) => {
    const compiled = compilePolicy(policy, grammar);

    expect(evaluatePolicy([compiled], toRequest(request)).effect).toBe(expected);
  });
});

describe('the decision tables', () => {
  const rows = [...tables.flatMap(([, , table]) => table), ...sameAccountRows, ...crossAccountRows];

  it('have at least 150 rows', () => {
    expect(rows.length).toBeGreaterThanOrEqual(150);
  });

  it('have at least two denials for each permit', () => {
    const permits = rows.filter(({ expected }) => expected === 'Allow').length;

    expect(rows.length - permits).toBeGreaterThanOrEqual(2 * permits);
  });

  it('name each row once', () => {
    const names = tables.flatMap(([theme, , table]) => table.map(({ name }) => `${theme}: ${name}`));

    expect(new Set(names).size).toBe(names.length);
  });
});
