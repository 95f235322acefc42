/**
 * The compiled form of IAM's policy language: what `compilePolicy` makes of a document once, and what the
 * evaluator reads on every request. Source: IAM guide, "Grammar of the IAM JSON policy language".
 */
export type Effect = 'Allow' | 'Deny';

/** A compiled policy document: its statements, in the document's order. */
export interface Policy {
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Position in the document, from 0. With `sid` it names the statement in a decision. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: Effect;
  /** `undefined` in identity policies, which are attached to their principal. */
  readonly principals?: readonly PrincipalPattern[];
  /** `undefined` where the grammar has no Action. */
  readonly actions?: PatternList;
  /** `undefined` where the grammar has no Resource (trust policies are attached to theirs). */
  readonly resources?: PatternList;
  readonly conditions: readonly Condition[];
}

/** `Principal: "*"` and `{ AWS: "*" }` both compile to `{ type: 'Any' }`. */
export type PrincipalPattern =
  | { readonly type: 'Any' }
  | { readonly type: 'AWS'; readonly arn: string }
  | { readonly type: 'Account'; readonly accountId: string }
  | { readonly type: 'Service'; readonly service: string }
  | { readonly type: 'Federated'; readonly provider: string };

/** Action or Resource; `negated` is NotAction or NotResource. */
export interface PatternList {
  readonly negated: boolean;
  readonly patterns: readonly string[];
  /** Whether `${…}` in a pattern is a variable. Never in an Action; in a Resource since Version 2012-10-17. */
  readonly variables: boolean;
}

/** One key of one operator: values are ORed, conditions are ANDed. */
export interface Condition {
  /** The base operator without qualifier and suffix, such as `StringEquals`. */
  readonly operator: ConditionOperator;
  readonly qualifier?: 'ForAllValues' | 'ForAnyValue';
  readonly ifExists: boolean;
  /** As written; compared without regard to case. */
  readonly key: string;
  /** As written; numbers and booleans as JSON writes them, `Bool` and `Null` in lower case. */
  readonly values: readonly string[];
  /** Whether `${…}` in a value is a variable: for String and ARN operators, since Version 2012-10-17. */
  readonly variables: boolean;
}

export const conditionOperators = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'NumericEquals',
  'NumericNotEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateEquals',
  'DateNotEquals',
  'DateLessThan',
  'DateLessThanEquals',
  'DateGreaterThan',
  'DateGreaterThanEquals',
  'Bool',
  'BinaryEquals',
  'IpAddress',
  'NotIpAddress',
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'Null',
] as const;

export type ConditionOperator = (typeof conditionOperators)[number];

/** Something in a document that cannot be taken. Problems are gathered, so that all are shown at once. */
export interface Problem {
  /** Keys and indexes from the document's root. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  /** What would be allowed there: lower case, no full stop. */
  readonly allowed: string;
}

/** Which elements a document may have: a role's trust policy, an identity policy and a profile's trust differ. */
export interface PolicyGrammar {
  /** `policy`: an object with Version and Statement. `statements`: the bare list, as in a profile's `trust`. */
  readonly document: 'policy' | 'statements';
  readonly principal: 'required' | 'forbidden';
  readonly action: 'required' | 'forbidden';
  readonly resource: 'required' | 'forbidden';
  /** Says what is allowed when this principal is not; `undefined` when it is. Default: all of IAM's. */
  readonly refusePrincipal?: (principal: PrincipalPattern, effect: Effect) => string | undefined;
  /** Says whether the key is known and single- or multi-valued. Default: every `prefix:name` is known, of either kind. */
  readonly describeConditionKey?: (
    key: string,
    principals: readonly PrincipalPattern[],
  ) => ConditionKeyDescription | { readonly refused: string };
}

export interface ConditionKeyDescription {
  /** A `list` key needs a set qualifier and a `scalar` key refuses one; `any` takes both. */
  readonly kind: 'scalar' | 'list' | 'any';
  /** Says what is allowed in the place of a value that could never match; `undefined` for any other. */
  readonly refuseValue?: (value: string) => string | undefined;
}

/** The request's side: who, what, on which resource, and the condition context. */
export interface AuthorizationRequest {
  readonly principal?: RequestPrincipal;
  readonly action?: string;
  readonly resource?: string;
  readonly context: RequestContext;
}

/**
 * Condition keys in lower case to their values. A scalar is a string; a list keeps its order and may be empty.
 * Numbers and booleans as JSON writes them, instants in ISO 8601 or epoch seconds, binary in base64.
 */
export type RequestContext = ReadonlyMap<string, string | readonly string[]>;

export type RequestPrincipal =
  | {
      readonly type: 'AWS';
      /** The caller's own ARN: of a user, a role session (`arn:aws:sts::…:assumed-role/…`), a federated user or the account's root. */
      readonly arn: string;
      readonly accountId: string;
      /** For a role session: the role's ARN with its path. */
      readonly roleArn?: string;
    }
  | { readonly type: 'Service'; readonly service: string }
  | { readonly type: 'Federated'; readonly provider: string };

/** The outcome of one set of statements. `statement` is the one that decided; absent for an implicit Deny. */
export interface Evaluation {
  readonly effect: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';
  readonly statement?: Statement;
}
