import type { Condition, Policy, Statement } from '../../lambda/core/policy/policy.ts';
import { toCanonicalText } from './canonical-text.ts';
import { type ChangeEffect, changes, type Difference, grants, takesAway } from './configuration-change.ts';
import { describeCondition, describePrincipal, describeStatement } from './describe-statement.ts';
import { pairStatements, toConditionText, toContent } from './pair-statements.ts';
import { isCovered } from './statements-cover.ts';

/**
 * What has become of a policy's statements. An Allow that allows a request which no Allow allowed grants; a Deny that
 * denies one which no Deny denied takes away; and the other way round. Where neither version can be shown to hold the
 * other, the statement `changes`.
 */
export function comparePolicies(before: Policy, after: Policy): readonly Difference[] {
  const versions = { before: before.statements, after: after.statements };
  const { pairs, removed, added } = pairStatements(versions.before, versions.after);
  return [
    ...added.map((statement) => describeAdded(statement, versions.before)),
    ...removed.map((statement) => describeRemoved(statement, versions.after)),
    ...pairs.flatMap((pair) => comparePair(pair, versions)),
  ];
}

/** That nobody is let in by. */
export const nobody: Policy = { statements: [] };

interface Versions {
  readonly before: readonly Statement[];
  readonly after: readonly Statement[];
}

function describeAdded(statement: Statement, before: readonly Statement[]): Difference {
  const text = `new statement${toName(statement)}: ${describeStatement(statement)}`;
  return isCovered(statement, before)
    ? changes(`${text} (as other statements did)`)
    : { effect: toEffect(statement, { speaksOfMore: true, speaksOfLess: false }), text };
}

function describeRemoved(statement: Statement, after: readonly Statement[]): Difference {
  const text = `statement${toName(statement)} is gone: ${describeStatement(statement)}`;
  return isCovered(statement, after)
    ? changes(`${text} (as other statements do)`)
    : { effect: toEffect(statement, { speaksOfMore: false, speaksOfLess: true }), text };
}

function comparePair(
  [one, other]: readonly [Statement, Statement],
  { before, after }: Versions,
): readonly Difference[] {
  if (toContent(one) === toContent(other)) {
    if (one.sid === other.sid) return [];
    return [changes(`${one.effect} ${one.sid ?? 'without a Sid'} is called ${other.sid ?? 'nothing'} now`)];
  }
  const scope = { speaksOfMore: !isCovered(other, before), speaksOfLess: !isCovered(one, after) };
  const verb = other.effect === 'Allow' ? 'allows' : 'denies';
  const text = `statement${toName(other, one)} ${verb} ${toExtent(scope)}: ${describeDifference(one, other)}`;
  return [{ effect: toEffect(other, scope), text }];
}

interface Scope {
  readonly speaksOfMore: boolean;
  readonly speaksOfLess: boolean;
}

function toEffect({ effect }: Statement, { speaksOfMore, speaksOfLess }: Scope): ChangeEffect {
  if (speaksOfMore === speaksOfLess) return 'changes';
  return speaksOfMore === (effect === 'Allow') ? grants('').effect : takesAway('').effect;
}

function toExtent({ speaksOfMore, speaksOfLess }: Scope): string {
  if (speaksOfMore) return speaksOfLess ? 'something else' : 'more';
  return speaksOfLess ? 'less' : 'the same';
}

function toName({ sid }: Statement, other?: Statement): string {
  const name = sid ?? other?.sid;
  return name === undefined ? '' : ` ${name}`;
}

/** What the statement says now, instead of what it said. */
function describeDifference(one: Statement, other: Statement): string {
  if (one.actions !== undefined || other.actions !== undefined) {
    return `${describeStatement(other)}; it was: ${describeStatement(one)}`;
  }
  const [asked, asks] = [one, other].map((statement) =>
    statement.conditions.map((condition) => ({ text: toConditionText(condition), condition })),
  );
  const only = (from: typeof asked = [], others: typeof asked = []) =>
    from.filter(({ text }) => !others.some((two) => two.text === text)).map(({ condition }) => condition);
  const parts = [
    ...describeMoved('also for', missing(other.principals, one.principals)),
    ...describeMoved('no longer for', missing(one.principals, other.principals)),
    ...describeConditions(only(asked, asks), only(asks, asked)),
  ];
  return parts.join('; ');
}

const missing = (from: Statement['principals'] = [], others: Statement['principals'] = []) => {
  const texts = others.map(toCanonicalText);
  return from.filter((one) => !texts.includes(toCanonicalText(one))).map(describePrincipal);
};

const describeMoved = (words: string, names: readonly string[]) =>
  names.length === 0 ? [] : [`${words} ${names.join(', ')}`];

function describeConditions(gone: readonly Condition[], come: readonly Condition[]): readonly string[] {
  const [was, is] = [gone, come].map((conditions) => conditions.map(describeCondition).join(' and '));
  if (was === '') return is === '' ? [] : [`only where ${is}`];
  return [is === '' ? `no longer only where ${was}` : `where ${is}, instead of ${was}`];
}
