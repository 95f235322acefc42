import type { Profile } from './configuration.ts';
import type { NarrowingRequest } from './plan-session.ts';
import { evaluatePolicy } from './policy/evaluate-policy.ts';
import type { Evaluation, Policy, RequestContext, Statement } from './policy/policy.ts';
import type { Principal } from './principal.ts';
import { toProfileContext } from './request-context.ts';
import { renderSessionPolicy } from './session-policy.ts';
import { stsLimits } from './sts-limits.ts';
import { isSuspended } from './suspended-caller.ts';
import { renderTemplate, type TemplateRefusal } from './template.ts';

/** What policy says of one request. `statement` names the statement that decided, by its Sid or its position. */
export type Decision = AllowDecision | DenyDecision;

export interface AllowDecision {
  readonly effect: 'Allow';
  readonly profile: Profile;
  readonly statement: string;
  /** Filled in from the principal. */
  readonly sessionTags: Readonly<Record<string, string>>;
  /** JSON, filled in from the principal. */
  readonly sessionPolicy?: string;
  /** Of `saml`: the session's name, which the signed assertion says. */
  readonly assertedSessionName?: string;
}

export interface DenyDecision {
  readonly effect: 'Deny';
  readonly statement?: string;
  /** For the audit record alone: to the caller every denial reads the same. */
  readonly detail: string;
}

/** Decides by the profile's own statements. Whatever isn't allowed is denied, a profile that doesn't exist included. */
export function decideIssuance(
  profile: Profile | undefined,
  principal: Principal,
  requestContext: RequestContext,
  narrowing: NarrowingRequest = {},
): Decision {
  if (profile === undefined) return { effect: 'Deny', detail: 'no such profile' };
  const context = toProfileContext(requestContext, { principal, profile }, narrowing);
  const { effect, statement } = decideTrust(profile.trust, principal, context);
  if (effect === 'Allow' && statement !== undefined) return renderSession(profile, context, statement);
  return statement === undefined
    ? { effect: 'Deny', detail: 'no statement of the profile allows this principal' }
    : { effect: 'Deny', statement, detail: 'a statement of the profile denies this principal' };
}

/**
 * The outcome of trust statements for a principal, with the deciding statement's name. All trust of the broker is
 * decided here, so that no statement can forget that a third party is suspended.
 */
export function decideTrust(
  trust: Policy,
  principal: Principal,
  context: RequestContext,
): { readonly effect: Evaluation['effect']; readonly statement?: string } {
  if (isSuspended(principal)) return { effect: 'ExplicitDeny' };
  const { effect, statement } = evaluatePolicy([trust], {
    principal: { type: 'Federated', provider: principal.issuer },
    context,
  });
  return { effect, ...(statement === undefined ? {} : { statement: toStatementName(statement) }) };
}

/** By its Sid, or by its position. */
export const toStatementName = ({ sid, index }: Statement) => sid ?? `trust[${index}]`;

function renderSession(profile: Profile, context: RequestContext, statement: string): Decision {
  // An empty value counts as none, as in trust statements: a tag or a path that it leaves empty could match anybody's.
  const toValue = (variable: string) => {
    const value = context.get(variable.toLowerCase());
    return typeof value === 'string' && value !== '' ? value : undefined;
  };

  const sessionTags: Record<string, string> = {};
  for (const [key, template] of profile.sessionTags) {
    const rendered = renderTemplate(template, toValue, isTagValue);
    if (!('text' in rendered)) return denyTemplate(rendered, `session tag ${key}`);
    if (!isTagValue(rendered.text))
      return { effect: 'Deny', detail: `session tag ${key} would be too long for STS` };
    sessionTags[key] = rendered.text;
  }
  if (profile.sessionPolicy === undefined) return { effect: 'Allow', profile, statement, sessionTags };
  const rendered = renderSessionPolicy(profile.sessionPolicy, toValue);
  if (!('text' in rendered)) return denyTemplate(rendered, 'the session policy');
  return { effect: 'Allow', profile, statement, sessionTags, sessionPolicy: rendered.text };
}

const isTagValue = (value: string) => stsLimits.tagValue.pattern.test(value);

const denyTemplate = ({ variable, because }: TemplateRefusal, where: string): DenyDecision => ({
  effect: 'Deny',
  detail:
    because === 'missing'
      ? `the principal has no ${variable}, which ${where} needs`
      : `the principal's ${variable} holds characters that ${where} must not take`,
});
