import type { AssertionRefusal } from './authentication-errors.ts';
import { clockToleranceSeconds } from './check-claims.ts';
import type { SamlIssuer } from './configuration.ts';
import { type RefuseAssertion, toRefuseAssertion } from './refuse-assertion.ts';
import type { SamlAssertion, SamlConditions, SamlResponse, SubjectConfirmation } from './saml-assertion.ts';
import { toSamlAcsUrl, toSamlEntityId } from './saml-metadata.ts';

/** Seconds since the IssueInstant for which an assertion is taken, whatever else it says of itself. */
export const maxAssertionAgeSeconds = 600;

/** The method of confirmation by which whoever shows an assertion is whom it names. */
export const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

export interface SamlExpectation {
  /** The broker's, without a slash at the end. */
  readonly url: string;
  /** Id of the AuthnRequest that this browser was sent away with; `undefined` when it has none. */
  readonly requestId: string | undefined;
  readonly nowMs: number;
}

/**
 * What makes a response one for this broker, now, and for this browser. As for `nbf` and `exp` of tokens, what is to
 * come has `clockToleranceSeconds` and what has passed has none. Source: SAML profiles §4.1.4.3, core §2.5.
 *
 * @throws AssertionRefusedError
 */
export function checkSamlResponse(
  response: SamlResponse,
  issuer: SamlIssuer,
  expectation: SamlExpectation,
): void {
  const refuse: RefuseAssertion = toRefuseAssertion(issuer.name);
  const { url, nowMs } = expectation;
  const [entityId, acsUrl] = [toSamlEntityId(url), toSamlAcsUrl(url)];
  const { assertion, destination } = response;
  if (destination !== undefined && destination !== acsUrl) {
    refuse('destination', `Destination is not ${acsUrl}`);
  }
  checkAge(assertion, nowMs, refuse);
  checkConditions(assertion.conditions, { entityId, nowMs, refuse });
  checkConfirmations({ response, issuer, acsUrl, refuse, ...expectation });
  checkSessions(assertion, nowMs, refuse);
}

function checkAge({ issueInstantMs }: SamlAssertion, nowMs: number, refuse: RefuseAssertion): void {
  if (isToCome(issueInstantMs, nowMs)) refuse('not-yet-valid', 'IssueInstant is in the future');
  if (nowMs >= toUnusableMs(issueInstantMs)) {
    refuse('expired', `IssueInstant is ${maxAssertionAgeSeconds} s ago or more`);
  }
}

/** When an assertion is refused for its age alone, and its id need not be remembered. */
export const toUnusableMs = (issueInstantMs: number): number =>
  issueInstantMs + maxAssertionAgeSeconds * 1000;

/** Beyond what two clocks may differ by. */
export const isToCome = (instantMs: number, nowMs: number) =>
  instantMs > nowMs + clockToleranceSeconds * 1000;

function checkConditions(
  conditions: SamlConditions | undefined,
  {
    entityId,
    nowMs,
    refuse,
  }: { readonly entityId: string; readonly nowMs: number; readonly refuse: RefuseAssertion },
): void {
  const { audienceRestrictions, notBeforeMs, notOnOrAfterMs } =
    conditions ?? refuse('audience', 'the assertion has no Conditions');
  const isForUs = (audiences: readonly string[]) => audiences.includes(entityId);
  if (audienceRestrictions.length === 0 || !audienceRestrictions.every(isForUs)) {
    refuse('audience', `no AudienceRestriction, or one without ${entityId}`);
  }
  if (notBeforeMs !== undefined && isToCome(notBeforeMs, nowMs)) {
    refuse('not-yet-valid', 'NotBefore of the Conditions is in the future');
  }
  if (notOnOrAfterMs !== undefined && nowMs >= notOnOrAfterMs) {
    refuse('expired', 'NotOnOrAfter of the Conditions has passed');
  }
}

interface ConfirmationContext extends SamlExpectation {
  readonly response: SamlResponse;
  readonly issuer: SamlIssuer;
  readonly acsUrl: string;
  readonly refuse: RefuseAssertion;
}

/** One bearer confirmation must hold in every respect; the first says what is wrong when none does. */
function checkConfirmations(context: ConfirmationContext): void {
  const { response, acsUrl, refuse } = context;
  const confirmations = response.assertion.subjectConfirmations.filter(({ method }) => method === bearer);
  const faults = confirmations.map((confirmation) => findFault(confirmation, context));
  if (faults.includes(undefined)) return;
  const [
    fault = { reason: 'recipient', detail: `no SubjectConfirmation of the method bearer for ${acsUrl}` },
  ] = faults;
  refuse(fault.reason, fault.detail);
}

interface Fault {
  readonly reason: AssertionRefusal;
  readonly detail: string;
}

function findFault(
  { recipient, notBeforeMs, notOnOrAfterMs, inResponseTo }: SubjectConfirmation,
  { response, issuer, acsUrl, nowMs, requestId }: ConfirmationContext,
): Fault | undefined {
  if (recipient !== acsUrl) return { reason: 'recipient', detail: `Recipient is not ${acsUrl}` };
  if (notBeforeMs !== undefined) {
    return {
      reason: 'not-yet-valid',
      detail: 'a bearer confirmation has NotBefore, which the profile forbids',
    };
  }
  if (notOnOrAfterMs === undefined || nowMs >= notOnOrAfterMs) {
    return { reason: 'expired', detail: 'NotOnOrAfter of the confirmation has passed, or is not there' };
  }
  // The response may be unsigned: the request is named where the signature covers it, and the two must agree.
  if (inResponseTo !== response.inResponseTo) {
    return { reason: 'in-response-to', detail: 'InResponseTo of response and confirmation differ' };
  }
  return findRequestFault(inResponseTo, requestId, issuer);
}

/** Names the issuer that is asked: another one that learns of the request cannot answer it. An NCName, as an ID is. */
export const toRequestId = (random: string, issuer: string): string => `${random}.${issuer}`;

/** A response to nothing is one that the identity provider began, whatever else this browser has under way. */
function findRequestFault(
  inResponseTo: string | undefined,
  requestId: string | undefined,
  { idpInitiated, name }: SamlIssuer,
): Fault | undefined {
  if (inResponseTo === undefined) {
    if (idpInitiated) return undefined;
    return {
      reason: 'in-response-to',
      detail: 'it answers no request, and the issuer has idpInitiated: false',
    };
  }
  if (inResponseTo === requestId && requestId.endsWith(toRequestId('', name))) return undefined;
  return {
    reason: 'in-response-to',
    detail: 'it answers another request than the one that this browser was sent to the issuer with',
  };
}

/** @throws AssertionRefusedError without a sign-in, or when the session of one is over */
export function checkSessions(
  { authnStatements }: SamlAssertion,
  nowMs: number,
  refuse: RefuseAssertion,
): void {
  if (authnStatements.length === 0) refuse('malformed-response', 'the assertion has no AuthnStatement');
  const isOver = ({ sessionNotOnOrAfterMs = Number.POSITIVE_INFINITY }) => nowMs >= sessionNotOnOrAfterMs;
  if (authnStatements.some(isOver)) refuse('expired', 'SessionNotOnOrAfter has passed');
}
