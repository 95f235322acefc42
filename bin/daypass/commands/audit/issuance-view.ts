import type * as z from 'zod';
import type { issuanceAnswer } from '../../../../lambda/http/audit-schemas.ts';

/** One issuance as the broker shows it. */
export type IssuanceView = z.output<typeof issuanceAnswer>;

/** `okta.alice@example.com`, as filters and other commands take it. */
export const toPrincipalText = ({ issuer, subject }: IssuanceView['principal']): string =>
  `${issuer}.${subject}`;

/** What was asked for. */
export const toWanted = ({ profile, integration, purpose }: IssuanceView): string => {
  const what = profile ?? (integration === undefined ? undefined : `integration ${integration}`);
  return [what, purpose].filter((part) => part !== undefined).join(', ');
};
