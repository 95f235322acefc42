import type { SamlAssertion } from './saml-assertion.ts';
import { stsLimits } from './sts-limits.ts';

/** Of every attribute that AWS reads in an assertion. Source: IAM guide, "Configure SAML assertions". */
const prefix = 'https://aws.amazon.com/SAML/Attributes/';

/** Whether one value of Role is exactly the pair, in either order: AWS takes both. */
export const holdsPair = (
  { attributes }: SamlAssertion,
  { roleArn, principalArn }: { readonly roleArn: string; readonly principalArn: string },
): boolean =>
  (attributes.get(`${prefix}Role`) ?? []).some((value) => {
    const parts = value.split(',').map((part) => part.trim());
    return parts.length === 2 && parts.includes(roleArn) && parts.includes(principalArn);
  });

/** The session's name; `undefined` where it is not there once and as STS takes it. */
export function findSessionName({ attributes }: SamlAssertion): string | undefined {
  const [name = '', ...more] = attributes.get(`${prefix}RoleSessionName`) ?? [];
  return more.length === 0 && stsLimits.roleSessionName.pattern.test(name) ? name : undefined;
}

/**
 * Seconds that a session by this assertion lasts at most, by what the identity provider says of it: `SessionDuration`,
 * which is about the console, and the end of its own session, with which STS ends this one.
 *
 * @returns `undefined` when `SessionDuration` is there and is not one whole number
 */
export function toMaxSessionSeconds(
  { attributes, authnStatements }: SamlAssertion,
  nowMs: number,
): number | undefined {
  const ends = authnStatements.flatMap(({ sessionNotOnOrAfterMs }) => sessionNotOnOrAfterMs ?? []);
  const untilEnd = Math.floor((Math.min(...ends) - nowMs) / 1000);
  const values = attributes.get(`${prefix}SessionDuration`);
  if (values === undefined) return untilEnd;
  const [value = '', ...more] = values;
  return more.length === 0 && /^[0-9]{1,6}$/.test(value) ? Math.min(Number(value), untilEnd) : undefined;
}
