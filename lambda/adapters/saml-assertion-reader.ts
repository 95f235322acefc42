import { parseInstant } from '../core/policy/instant.ts';
import type { RefuseAssertion } from '../core/refuse-assertion.ts';
import type {
  AuthnStatement,
  SamlAssertion,
  SamlConditions,
  SubjectConfirmation,
} from '../core/saml-assertion.ts';
import { attributeOf, childrenNamed, childrenOf, isElement, optionalChild, textOf } from './saml-document.ts';

/**
 * Reads an assertion (SAML core §2.3.3) from the element that its signature vouches for. What it leaves out grants
 * nothing: Advice, AuthzDecisionStatement, the qualifiers of a NameID. Issuer is asked for by `requireEntityId`.
 */
export function readSamlAssertion(element: Element, refuse: RefuseAssertion): SamlAssertion {
  const assertion = (localName: string) =>
    optionalChild(element, { namespace: 'assertion', localName }, refuse);
  checkChildren(
    element,
    [
      'Issuer',
      'Subject',
      'Conditions',
      'Advice',
      'AuthnStatement',
      'AttributeStatement',
      'AuthzDecisionStatement',
    ],
    refuse,
  );
  if (attributeOf(element, 'Version') !== '2.0')
    refuse('malformed-response', 'the assertion is not of SAML 2.0');
  const subject = assertion('Subject');
  const conditions = assertion('Conditions');
  return {
    id: requireId(element, refuse),
    issueInstantMs: requireInstant(element, 'IssueInstant', refuse),
    ...(subject === undefined ? { subjectConfirmations: [] } : readSubject(subject, refuse)),
    ...(conditions === undefined ? {} : { conditions: readConditions(conditions, refuse) }),
    authnStatements: childrenNamed(element, 'assertion', 'AuthnStatement').map((statement) =>
      readAuthnStatement(statement, refuse),
    ),
    attributes: readAttributes(childrenNamed(element, 'assertion', 'AttributeStatement'), refuse),
  };
}

/** An NCName: what an ID is, and nothing that a query could be made of. */
export function requireId(element: Element, refuse: RefuseAssertion): string {
  const id = attributeOf(element, 'ID');
  if (id !== undefined && /^[A-Za-z_][\w.-]{0,255}$/.test(id)) return id;
  return refuse('malformed-response', `${element.localName} has no ID of 1–256 letters, digits, _, - and .`);
}

/** What is not known could change what the rest means. */
function checkChildren(element: Element, known: readonly string[], refuse: RefuseAssertion): void {
  for (const child of childrenOf(element)) {
    const isKnown = known.some((localName) => isElement(child, 'assertion', localName));
    if (!isKnown && !isElement(child, 'signature', 'Signature')) {
      refuse('malformed-response', `${element.localName} has a child other than ${known.join(', ')}`);
    }
  }
}

function readSubject(
  subject: Element,
  refuse: RefuseAssertion,
): Pick<SamlAssertion, 'nameId' | 'subjectConfirmations'> {
  const nameId = optionalChild(subject, { namespace: 'assertion', localName: 'NameID' }, refuse);
  const format = nameId && attributeOf(nameId, 'Format');
  return {
    ...(nameId === undefined
      ? {}
      : { nameId: { value: textOf(nameId, refuse), ...(format === undefined ? {} : { format }) } }),
    subjectConfirmations: childrenNamed(subject, 'assertion', 'SubjectConfirmation').map((confirmation) =>
      readSubjectConfirmation(confirmation, refuse),
    ),
  };
}

function readSubjectConfirmation(confirmation: Element, refuse: RefuseAssertion): SubjectConfirmation {
  const names = { namespace: 'assertion', localName: 'SubjectConfirmationData' } as const;
  const data = optionalChild(confirmation, names, refuse);
  const method = attributeOf(confirmation, 'Method') ?? '';
  if (data === undefined) return { method };
  const recipient = attributeOf(data, 'Recipient');
  const inResponseTo = attributeOf(data, 'InResponseTo');
  return {
    method,
    ...(recipient === undefined ? {} : { recipient }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    ...readWindow(data, refuse),
  };
}

function readWindow(
  element: Element,
  refuse: RefuseAssertion,
): { readonly notBeforeMs?: number; readonly notOnOrAfterMs?: number } {
  const notBeforeMs = optionalInstant(element, 'NotBefore', refuse);
  const notOnOrAfterMs = optionalInstant(element, 'NotOnOrAfter', refuse);
  return {
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
    ...(notOnOrAfterMs === undefined ? {} : { notOnOrAfterMs }),
  };
}

/** A condition that is not understood makes the validity indeterminate (SAML core §2.5.1.1): that is a no. */
function readConditions(conditions: Element, refuse: RefuseAssertion): SamlConditions {
  checkChildren(conditions, ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'], refuse);
  return {
    ...readWindow(conditions, refuse),
    audienceRestrictions: childrenNamed(conditions, 'assertion', 'AudienceRestriction').map((restriction) =>
      childrenNamed(restriction, 'assertion', 'Audience').map((audience) => textOf(audience, refuse)),
    ),
  };
}

function readAuthnStatement(statement: Element, refuse: RefuseAssertion): AuthnStatement {
  const context = optionalChild(statement, { namespace: 'assertion', localName: 'AuthnContext' }, refuse);
  const names = { namespace: 'assertion', localName: 'AuthnContextClassRef' } as const;
  const classRef = context && optionalChild(context, names, refuse);
  const sessionNotOnOrAfterMs = optionalInstant(statement, 'SessionNotOnOrAfter', refuse);
  return {
    authnInstantMs: requireInstant(statement, 'AuthnInstant', refuse),
    ...(sessionNotOnOrAfterMs === undefined ? {} : { sessionNotOnOrAfterMs }),
    ...(classRef === undefined ? {} : { contextClassRef: textOf(classRef, refuse) }),
  };
}

function readAttributes(
  statements: readonly Element[],
  refuse: RefuseAssertion,
): ReadonlyMap<string, readonly string[]> {
  const attributes = new Map<string, readonly string[]>();
  for (const attribute of statements.flatMap((one) => childrenNamed(one, 'assertion', 'Attribute'))) {
    const name = attributeOf(attribute, 'Name') ?? refuse('malformed-response', 'an Attribute has no Name');
    const values = childrenNamed(attribute, 'assertion', 'AttributeValue').map((value) =>
      textOf(value, refuse),
    );
    attributes.set(name, [...(attributes.get(name) ?? []), ...values]);
  }
  return attributes;
}

function requireInstant(element: Element, name: string, refuse: RefuseAssertion): number {
  return (
    optionalInstant(element, name, refuse) ??
    refuse('malformed-response', `${element.localName} has no ${name}`)
  );
}

/** xs:dateTime with its zone: without one it would be whatever time each reader thinks. */
function optionalInstant(element: Element, name: string, refuse: RefuseAssertion): number | undefined {
  const text = attributeOf(element, name);
  if (text === undefined) return undefined;
  const instantMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text)
    ? parseInstant(text)
    : undefined;
  return (
    instantMs ??
    refuse('malformed-response', `${name} is not a date such as 2026-01-31T12:00:00Z, with its zone`)
  );
}
