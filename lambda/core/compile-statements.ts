import { compilePolicy, PolicyError } from './policy/compile-policy.ts';
import type { Policy, PolicyGrammar, Problem } from './policy/policy.ts';

/** Hears of everything that is wrong, so that all of it is shown at once. */
export type Report = (problem: Problem) => void;

/**
 * Compiles statements at `path` of the configuration. One that cannot be understood is reported, never left out:
 * `undefined` then, so that nobody takes what is in error for a policy without statements.
 */
export function compileStatements(
  statements: unknown,
  grammar: PolicyGrammar,
  path: Problem['path'],
  report: Report,
): Policy | undefined {
  try {
    return compilePolicy(statements, grammar);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    for (const problem of error.problems) report({ ...problem, path: [...path, ...problem.path] });
    return undefined;
  }
}
