/*
 * A successful SAML 2.0 response of one issuer, once its signature is verified: every part of an assertion comes from the very bytes that the
 * identity provider signed. Instants are milliseconds since the epoch. Source: SAML 2.0 core §2 and §3.
 */

/** The response around the assertion. It may be unsigned: what it says can refuse, and never prove. */
export interface SamlResponse {
  readonly destination?: string;
  readonly inResponseTo?: string;
  readonly assertion: SamlAssertion;
}

export interface SamlAssertion {
  readonly id: string;
  readonly issueInstantMs: number;
  readonly nameId?: { readonly value: string; readonly format?: string };
  readonly subjectConfirmations: readonly SubjectConfirmation[];
  readonly conditions?: SamlConditions;
  readonly authnStatements: readonly AuthnStatement[];
  /** By Name; the values in order, each a text. Two attributes of one Name are one list. */
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export interface SubjectConfirmation {
  readonly method: string;
  readonly recipient?: string;
  readonly inResponseTo?: string;
  readonly notBeforeMs?: number;
  readonly notOnOrAfterMs?: number;
}

export interface SamlConditions {
  readonly notBeforeMs?: number;
  readonly notOnOrAfterMs?: number;
  /** Restrictions are ANDed, the audiences of each are ORed. */
  readonly audienceRestrictions: readonly (readonly string[])[];
}

export interface AuthnStatement {
  readonly authnInstantMs: number;
  readonly sessionNotOnOrAfterMs?: number;
  readonly contextClassRef?: string;
}
