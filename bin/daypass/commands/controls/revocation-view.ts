import type * as z from 'zod';
import type { revocationAnswer, revocationsAnswer } from '../../../../lambda/http/control-schemas.ts';
import { toActorText } from './suspension-view.ts';

/** A revocation with all that whoever asked for it has to know. */
export type RevocationView = z.output<typeof revocationAnswer>;

export type ListedRevocation = z.output<typeof revocationsAnswer>['revocations'][number];

export function toScopeText({ issuanceId, principal, roleArn }: ListedRevocation): string {
  if (issuanceId !== undefined) return `issuance ${issuanceId}`;
  return principal === undefined ? `role ${roleArn ?? ''}` : `principal ${toActorText(principal)}`;
}
