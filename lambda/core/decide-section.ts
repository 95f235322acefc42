import { type DenyDecision, decideTrust } from './decide-issuance.ts';
import type { Policy, RequestContext } from './policy/policy.ts';
import type { Principal } from './principal.ts';

/** A section of the configuration that opens a route of no profile. */
export interface TrustedSection {
  readonly trust: Policy;
}

export interface SectionDecision<Section extends TrustedSection> {
  readonly effect: 'Allow';
  readonly statement: string;
  readonly section: Section;
}

/** Decides by the section's statements. Whatever isn't allowed is denied, and everything where there is no section. */
export function decideSection<Section extends TrustedSection>(
  name: string,
  section: Section | undefined,
  principal: Principal,
  context: RequestContext,
): SectionDecision<Section> | DenyDecision {
  if (section === undefined) return { effect: 'Deny', detail: `the configuration has no section ${name}` };
  const { effect, statement } = decideTrust(section.trust, principal, context);
  if (effect === 'Allow' && statement !== undefined) return { effect, statement, section };
  return statement === undefined
    ? { effect: 'Deny', detail: `no statement of the section ${name} allows this principal` }
    : { effect: 'Deny', statement, detail: `a statement of the section ${name} denies this principal` };
}
