import type { SamlIssuer } from '../../lambda/core/configuration.ts';
import { nowMs } from './tokens.ts';

export const brokerUrl = 'https://broker.example';
export const acsUrl = `${brokerUrl}/v1/saml/acs`;
export const idpEntityId = 'https://idp.example/saml';

const emailAddressFormat = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';

/** What `aSamlResponse` writes; `undefined` leaves an attribute or element out. Texts are XML, written as they are. */
export interface SamlResponseFields {
  readonly responseId: string;
  readonly responseIssuer: string | undefined;
  readonly destination: string | undefined;
  readonly inResponseTo: string | undefined;
  readonly statusCode: string;
  readonly assertionId: string;
  readonly issuer: string | undefined;
  readonly issueInstant: string;
  readonly nameId: string | undefined;
  readonly nameIdFormat: string | undefined;
  readonly method: string;
  readonly recipient: string | undefined;
  readonly confirmationInResponseTo: string | undefined;
  readonly confirmationNotOnOrAfter: string | undefined;
  /** The lists of audiences. */
  readonly audiences: readonly (readonly string[])[];
  readonly notBefore: string | undefined;
  readonly notOnOrAfter: string | undefined;
  /** Further children of Conditions. */
  readonly conditions: string;
  readonly authnInstant: string;
  readonly sessionNotOnOrAfter: string | undefined;
  readonly authnContext: string;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** An instant by its distance from the frozen time. */
export const at = (seconds: number) => new Date(nowMs + seconds * 1000).toISOString();

/** A good response that answers no request, unsigned, with changes. One line, as most identity providers write it. */
export function aSamlResponse(changes: Partial<SamlResponseFields> = {}): string {
  const fields: SamlResponseFields = {
    responseId: '_response',
    responseIssuer: idpEntityId,
    destination: acsUrl,
    inResponseTo: undefined,
    statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
    assertionId: '_assertion',
    issuer: idpEntityId,
    issueInstant: at(-5),
    nameId: 'alice@example.com',
    nameIdFormat: emailAddressFormat,
    method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
    recipient: acsUrl,
    confirmationInResponseTo: changes.inResponseTo,
    confirmationNotOnOrAfter: at(300),
    audiences: [[`${brokerUrl}/v1/saml/metadata`]],
    notBefore: at(-60),
    notOnOrAfter: at(300),
    conditions: '',
    authnInstant: at(-30),
    sessionNotOnOrAfter: undefined,
    authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    attributes: { groups: ['sre', 'oncall'], team: ['payments'] },
    ...changes,
  };
  const { responseId, destination, inResponseTo, responseIssuer, statusCode } = fields;
  return (
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"${attributes({ ID: responseId, Version: '2.0', IssueInstant: at(-5), Destination: destination, InResponseTo: inResponseTo })}>` +
    element('saml:Issuer', responseIssuer) +
    `<samlp:Status><samlp:StatusCode Value="${statusCode}"/></samlp:Status>` +
    toAssertion(fields) +
    '</samlp:Response>'
  );
}

function toAssertion(fields: SamlResponseFields): string {
  const { assertionId, issueInstant, issuer, notBefore, notOnOrAfter, audiences, conditions } = fields;
  const restrictions = audiences.map(
    (list) =>
      `<saml:AudienceRestriction>${list.map((audience) => element('saml:Audience', audience)).join('')}</saml:AudienceRestriction>`,
  );
  return (
    `<saml:Assertion${attributes({ ID: assertionId, Version: '2.0', IssueInstant: issueInstant })}>` +
    element('saml:Issuer', issuer) +
    toSubject(fields) +
    `<saml:Conditions${attributes({ NotBefore: notBefore, NotOnOrAfter: notOnOrAfter })}>${restrictions.join('')}${conditions}</saml:Conditions>` +
    `<saml:AuthnStatement${attributes({ AuthnInstant: fields.authnInstant, SessionIndex: '_session', SessionNotOnOrAfter: fields.sessionNotOnOrAfter })}>` +
    `<saml:AuthnContext><saml:AuthnContextClassRef>${fields.authnContext}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
    toAttributeStatement(fields) +
    '</saml:Assertion>'
  );
}

function toSubject(fields: SamlResponseFields): string {
  const { nameId, nameIdFormat, method, recipient } = fields;
  const data = attributes({
    InResponseTo: fields.confirmationInResponseTo,
    NotOnOrAfter: fields.confirmationNotOnOrAfter,
    Recipient: recipient,
  });
  return (
    `<saml:Subject>${nameId === undefined ? '' : `<saml:NameID${attributes({ Format: nameIdFormat })}>${nameId}</saml:NameID>`}` +
    `<saml:SubjectConfirmation Method="${method}"><saml:SubjectConfirmationData${data}/></saml:SubjectConfirmation></saml:Subject>`
  );
}

function toAttributeStatement({ attributes: byName }: SamlResponseFields): string {
  const all = Object.entries(byName).map(
    ([name, values]) =>
      `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">${values.map((value) => `<saml:AttributeValue xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">${value}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
  );
  return all.length === 0 ? '' : `<saml:AttributeStatement>${all.join('')}</saml:AttributeStatement>`;
}

const attributes = (values: Readonly<Record<string, string | undefined>>) =>
  Object.entries(values)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${value}"`))
    .join('');

const element = (name: string, text: string | undefined) =>
  text === undefined ? '' : `<${name}>${text}</${name}>`;

/** An issuer that believes these certificates. */
export function aSamlIssuer(certificates: readonly string[], changes: Partial<SamlIssuer> = {}): SamlIssuer {
  return {
    type: 'saml',
    name: 'adfs',
    entityId: idpEntityId,
    singleSignOnUrl: 'https://idp.example/sso',
    certificates,
    claims: new Map([
      ['groups', { attribute: 'groups', type: 'list' }],
      ['team', { attribute: 'team', type: 'string' }],
    ]),
    mfa: { authnContexts: [], authnMethods: [] },
    idpInitiated: true,
    ...changes,
  };
}
