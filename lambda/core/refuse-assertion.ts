import { type AssertionRefusal, AssertionRefusedError } from './authentication-errors.ts';

/** Says no to a SAML response. `detail` is for the log alone and quotes nothing of the response. */
export type RefuseAssertion = (reason: AssertionRefusal, detail: string) => never;

/** @param issuer name of the configured issuer, once the response has named it */
export const toRefuseAssertion =
  (issuer?: string): RefuseAssertion =>
  (reason, detail) => {
    throw new AssertionRefusedError(reason, { detail, ...(issuer === undefined ? {} : { issuer }) });
  };
