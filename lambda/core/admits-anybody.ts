import { parseOperatorName } from './policy/operator-name.ts';
import type { ConditionOperator } from './policy/policy.ts';
import type { OwnerForm } from './shared-issuers.ts';

/** Operators that single somebody out. Their negations, Null and IfExists admit whoever is not named. */
const identifying: readonly ConditionOperator[] = [
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'NumericEquals',
];

/** The issuer as far as its owners go. */
interface Owned {
  /** `undefined` where it is in error. */
  readonly subjectClaim: string | undefined;
  readonly claims: Readonly<Record<string, { readonly claim: string }>>;
  /** Pointers to the claims that name an owner; `undefined` where any claim counts. */
  readonly owners: Readonly<Record<string, OwnerForm>> | undefined;
}

/** Whether an Allow, as it is written, compares no claim that names an owner with a value of the author's own. */
export function admitsAnybody(statement: Readonly<Record<string, unknown>>, issuer: Owned): boolean {
  if (statement['Effect'] !== 'Allow') return false;
  const blocks = Object.entries(statement['Condition'] ?? {});
  return !blocks.some(([name, block]: [string, unknown]) => {
    const operator = parseOperatorName(name);
    // An operator that is none is reported where it stands.
    if (operator === undefined) return true;
    // ForAllValues holds for whoever lacks the claim; ForAnyValue is for lists, and owners are no list.
    if (operator.ifExists || operator.qualifier !== undefined) return false;
    return (
      identifying.includes(operator.operator) &&
      Object.entries(block ?? {}).some(([key, values]) => namesOwners(key, [values].flat(), issuer))
    );
  });
}

function namesOwners(key: string, values: readonly unknown[], issuer: Owned): boolean {
  const wanted = key.toLowerCase();
  if (wanted === 'daypass:issuer') return false;
  const pointer = findPointer(wanted, issuer);
  // A key that is none, or whose claim is in error, is reported where it stands.
  if (pointer === undefined) return true;
  const { owners } = issuer;
  const form = owners === undefined ? 'path' : Object.hasOwn(owners, pointer) ? owners[pointer] : undefined;
  return form !== undefined && values.length > 0 && values.every((value) => isOneOwner(String(value), form));
}

/** Where in the token stands what a condition key, in lower case, speaks of. */
const findPointer = (key: string, { subjectClaim, claims }: Owned): string | undefined =>
  key === 'daypass:subject'
    ? subjectClaim
    : Object.entries(claims).find(([name]) => `claims:${name.toLowerCase()}` === key)?.[1].claim;

function isOneOwner(value: string, form: OwnerForm): boolean {
  // A variable would compare the token with itself.
  if (value === '' || value.includes('${')) return false;
  const wildcard = value.search(/[*?]/);
  const literal = wildcard === -1 ? value : value.slice(0, wildcard);
  // The end of a whole value ends its last part.
  if (form instanceof RegExp) return form.test(wildcard === -1 ? `${value}:` : literal);
  return wildcard === -1 || (form === 'path' && /^[^/]+\//.test(literal));
}
