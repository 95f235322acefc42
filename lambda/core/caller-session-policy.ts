import { isEnforced, type Profile } from './configuration.ts';
import { type BrokerErrorOptions, SessionPolicyNotAcceptedError } from './errors.ts';
import { compilePolicy, identityPolicyGrammar, PolicyError } from './policy/compile-policy.ts';
import type { Problem } from './policy/policy.ts';
import { awsKeyAllowed, isOfVersion, isOurKey, toPolicyJson } from './session-policy.ts';
import { compileTemplate } from './template.ts';

/** An IAM policy document as JSON parsed it. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** What a profile takes of a caller's policy: `deny` is one of Deny statements alone, `any` one taken as it is. */
export type AcceptedSessionPolicy = (typeof acceptedSessionPolicies)[number];

export const acceptedSessionPolicies = ['none', 'deny', 'any'] as const;

type AcceptingProfile = Pick<
  Profile,
  'name' | 'sessionPolicy' | 'managedPolicyArns' | 'acceptsSessionPolicy'
> &
  Parameters<typeof isEnforced>[0];

/**
 * STS allows a session what any of its session policies allows, within the role: beside a profile's own policies an
 * Allow of the caller's would widen them, and a Deny cannot.
 *
 * Where the profile has none, a policy of Denies alone would allow nothing, and an Allow of everything written beside
 * it would be one that nobody reviewed: it takes what the caller wrote or nothing, as `acceptsSessionPolicy` says.
 *
 * Where the caller's own proof opens the role, a policy of the caller's would seem to bind and bind nobody.
 */
export function toAcceptedSessionPolicy(profile: AcceptingProfile): AcceptedSessionPolicy {
  if (!isEnforced(profile)) return 'none';
  const { sessionPolicy, managedPolicyArns, acceptsSessionPolicy } = profile;
  // A document has one Version: raised, it would make variables of what the profile means as text.
  if (sessionPolicy !== undefined) return isOfVersion(sessionPolicy, version) ? 'deny' : 'none';
  if (managedPolicyArns.length > 0) return 'deny';
  return acceptsSessionPolicy ? 'any' : 'none';
}

const version = '2012-10-17';

/**
 * What is wrong with a caller's policy, wherever it is sent to. It is data: no value of the principal's is filled in.
 */
export function findPolicyProblems(document: unknown): readonly Problem[] {
  const variables = findVariables(document, []);
  const others = [...problemsOfVersion(document), ...problemsOfGrammar(document)].filter(
    // A string that is refused for its variables is refused once.
    ({ path }) => !variables.some((problem) => problem.path.join('\0') === path.join('\0')),
  );
  return [...variables, ...others];
}

const textAllowed = 'text whose variables are ${aws:<key>}, ${*}, ${?} and ${$}: nothing is filled in';

function findVariables(value: unknown, path: Problem['path']): readonly Problem[] {
  if (typeof value === 'string') {
    return isWithoutOurVariables(value) ? [] : [{ path, value, allowed: textAllowed }];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => findVariables(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(isOurKey(key) ? [{ path: [...path, key], value: key, allowed: awsKeyAllowed }] : []),
    ...findVariables(member, [...path, key]),
  ]);
}

function isWithoutOurVariables(text: string): boolean {
  const compiled = compileTemplate(text);
  return 'template' in compiled && compiled.template.every((part) => 'literal' in part);
}

function problemsOfVersion(document: unknown): readonly Problem[] {
  const value: unknown = Object(document).Version;
  return value === version ? [] : [{ path: ['Version'], value, allowed: `"${version}"` }];
}

function problemsOfGrammar(document: unknown): readonly Problem[] {
  try {
    compilePolicy(document, identityPolicyGrammar);
    return [];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return error.problems.filter(({ path }) => path[0] !== 'Version');
  }
}

/** A profile, its own policy filled in, and what the caller sent, in which `findPolicyProblems` found none. */
export interface SessionPolicies {
  readonly profile: AcceptingProfile;
  readonly own: string | undefined;
  readonly callers: PolicyDocument | undefined;
}

/**
 * The session policy that is sent, as JSON; `undefined` when there is none.
 *
 * @param words what a refusal calls the profile, and whom to ask about it
 * @throws SessionPolicyNotAcceptedError where the caller's could widen the profile, or the profile takes none
 * @throws PolicyError, a TypeError, for a document with problems
 */
export function combineSessionPolicies(
  { profile, own, callers }: SessionPolicies,
  { called, contact }: { readonly called: string; readonly contact: BrokerErrorOptions },
): string | undefined {
  if (callers === undefined) return own;
  const { statements } = compilePolicy(callers, identityPolicyGrammar);
  const accepted = toAcceptedSessionPolicy(profile);
  if (accepted === 'none') {
    throw new SessionPolicyNotAcceptedError(
      `${called} does not accept a session policy from a caller; it accepts: none`,
      contact,
    );
  }
  if (accepted === 'deny' && statements.some(({ effect }) => effect !== 'Deny')) {
    throw new SessionPolicyNotAcceptedError(
      `${called} has a policy of its own, and AWS STS allows what any of a session's policies allows: an Allow of yours could widen it; it accepts: Deny statements`,
      contact,
    );
  }
  return own === undefined ? toPolicyJson(callers) : append(own, callers);
}

/** A Sid of the caller's that the profile's policy has too is left out: it must be the only one, and decides nothing. */
function append(own: string, callers: PolicyDocument): string {
  const document: PolicyDocument = JSON.parse(own);
  const statements = toList(document['Statement']);
  const sids = new Set(statements.map((statement) => Object(statement).Sid));
  const appended = toList(callers['Statement']).map((statement) => {
    const { Sid, ...rest } = Object(statement);
    return Sid === undefined || sids.has(Sid) ? rest : { Sid, ...rest };
  });
  return toPolicyJson({ ...document, Statement: [...statements, ...appended] });
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
