import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
} from '../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import type { SessionPolicyTemplate } from '../../lambda/core/session-policy.ts';
import { toCanonicalText } from './canonical-text.ts';
import { members, opposite, toText } from './compare-members.ts';
import { comparePolicies, nobody } from './compare-policies.ts';
import { changes, type Difference, grants, takesAway } from './configuration-change.ts';
import { toTemplateText } from './template-text.ts';

/** What a profile's sessions are narrowed by. */
export interface Narrowing {
  readonly sessionPolicy?: SessionPolicyTemplate;
  readonly managedPolicyArns: readonly string[];
}

/**
 * A session has what its role has and its policies allow; without policies it has all of the role's. STS takes the union
 * of those that it is given: beside another policy, one more allows more.
 */
export function compareNarrowings(before: Narrowing, after: Narrowing): readonly Difference[] {
  const [was, is] = [toNames(before), toNames(after)];
  if (was.length === 0 && is.length === 0) return [];
  if (was.length === 0) return [takesAway(`sessions are narrowed by ${toText(is)}`)];
  if (is.length === 0)
    return [grants(`sessions are no longer narrowed by ${toText(was)}: they have all that the role has`)];
  const ofArns = compareArns(before.managedPolicyArns, after.managedPolicyArns);
  const compensated = ofArns.map(({ effect }) => opposite(effect));
  const ofTemplates = comparePolicyTemplates(before.sessionPolicy, after.sessionPolicy);
  return [
    ...ofTemplates.map((one) => (compensated.includes(one.effect) ? changes(one.text) : one)),
    ...ofArns,
  ];
}

const toNames = ({ sessionPolicy, managedPolicyArns }: Narrowing): readonly string[] => [
  ...(sessionPolicy === undefined ? [] : ['a session policy']),
  ...managedPolicyArns,
];

type CompareArns = (before: readonly string[], after: readonly string[]) => readonly Difference[];

/**
 * What such a policy says stands elsewhere, and it may deny as well. So it may allow what the session policy allowed
 * before, or allows now, too.
 */
const compareArns: CompareArns = (before, after) => [
  ...members<string>('sessions have what is allowed by', { added: 'grants' })(before, after),
  ...members<string>('sessions have nothing of what is denied by', { added: 'changes' })(before, after),
];

function comparePolicyTemplates(
  before: SessionPolicyTemplate | undefined,
  after: SessionPolicyTemplate | undefined,
): readonly Difference[] {
  const [was, is] = [toDocument(before), toDocument(after)];
  if (toCanonicalText(was) === toCanonicalText(is)) return [];
  const [one, other] = [compile(was), compile(is)];
  if (one === undefined || other === undefined)
    return [changes(`session policy: ${toCanonicalText(was)} → ${toCanonicalText(is)}`)];
  const found = comparePolicies(one, other);
  if (found.length === 0) return [];
  return found.map(({ effect, text }) => ({ effect, text: `session policy: ${text}` }));
}

/** `undefined` where it is none that this evaluator understands: AWS knows more than it does. */
function compile(document: unknown): Policy | undefined {
  if (document === undefined) return nobody;
  try {
    return compilePolicy(document, identityPolicyGrammar);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return undefined;
  }
}

/** As it was written. */
function toDocument(policy: SessionPolicyTemplate | undefined): unknown {
  switch (policy?.kind) {
    case undefined:
      return undefined;
    case 'constant':
      return policy.value;
    case 'template':
      return toTemplateText(policy.template);
    case 'list':
      return policy.items.map(toDocument);
    case 'object':
      return Object.fromEntries(policy.entries.map(([key, value]) => [key, toDocument(value)]));
  }
}
