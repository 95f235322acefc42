import type {
  AuthorizationRequest,
  Evaluation,
  RequestPrincipal,
} from '../../../../../lambda/core/policy/policy.ts';

/** One row of a decision table: by this policy, this request is decided so. */
export interface DecisionRow {
  readonly name: string;
  /** A document of the table's grammar. */
  readonly policy: unknown;
  readonly request: RequestData;
  readonly expected: Evaluation['effect'];
}

export interface RequestData {
  readonly principal?: RequestPrincipal;
  readonly action?: string;
  readonly resource?: string;
  /** Condition keys as AWS writes them. */
  readonly context?: ContextData;
}

export type ContextData = Readonly<Record<string, string | readonly string[]>>;

export type ConditionRow = readonly [
  name: string,
  policy: unknown,
  context: ContextData,
  expected: Evaluation['effect'],
];

export const anAction = 'sts:AssumeRole';
export const aResource = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';

/** Rows that differ in policy and context only. */
export function toDecisionRows(rows: readonly ConditionRow[]): readonly DecisionRow[] {
  return rows.map(([name, policy, context, expected]) => ({ name, policy, request: { context }, expected }));
}

/** The request, with what the row leaves out: an action and a resource that `allowIf` allows. */
export function toRequest(data: RequestData): AuthorizationRequest {
  const { principal, action = anAction, resource = aResource, context = {} } = data;
  const entries = Object.entries(context).map(([key, value]) => [key.toLowerCase(), value] as const);
  return { action, resource, context: new Map(entries), ...(principal === undefined ? {} : { principal }) };
}

const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

/** An identity policy that allows everything under a condition. */
export function allowIf(condition: unknown, version: string | undefined = '2012-10-17'): unknown {
  return { Version: version, Statement: { ...everything, Condition: condition } };
}

/** An identity policy that allows everything, and denies it under a condition. */
export function denyIf(condition: unknown): unknown {
  const deny = { Effect: 'Deny', Action: '*', Resource: '*', Condition: condition };
  return { Version: '2012-10-17', Statement: [everything, deny] };
}

/** Version 2008-10-17 by leaving the Version out. */
export function allowIfWithoutVersion(condition: unknown): unknown {
  return { Statement: [{ ...everything, Condition: condition }] };
}
