import { type Place, refuse } from './document-place.ts';
import type { ConditionKeyDescription, Effect, PolicyGrammar, PrincipalPattern } from './policy.ts';
import type { PolicyText } from './policy-text.ts';

/** What the rest of a statement, and its document, say that its conditions and resources depend on. */
export interface StatementScope {
  readonly grammar: PolicyGrammar;
  /** Whether the document's Version knows variables. */
  readonly variables: boolean;
  /** `undefined` when the Effect cannot be taken. */
  readonly effect: Effect | undefined;
  /** Empty where the grammar has none; `undefined` when they cannot be taken. */
  readonly principals: readonly PrincipalPattern[] | undefined;
}

/** What the grammar knows of a key; `undefined` when it has no say, or when the principals are in error already. */
export function describeKey(
  key: string,
  { principals, grammar }: StatementScope,
): ConditionKeyDescription | { readonly refused: string } | undefined {
  return principals && grammar.describeConditionKey?.(key, principals);
}

/** Refuses variables that the grammar does not know or that are lists: their value would never match. */
export function checkVariables(place: Place, text: PolicyText, scope: StatementScope): void {
  for (const part of text) {
    if (part.type !== 'variable') continue;
    const description = describeKey(part.key, scope);
    if (description === undefined) continue;
    if ('refused' in description) {
      refuse(place, `a variable of ${description.refused}`);
    } else if (description.kind === 'list') {
      refuse(place, `a variable of a single value; ${part.key} is a list`);
    }
  }
}
