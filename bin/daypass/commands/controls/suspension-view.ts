import type * as z from 'zod';
import type { suspensionAnswer } from '../../../../lambda/http/control-schemas.ts';
import { toInstantText } from '../../instant-text.ts';
import type { Column } from '../../render-table.ts';

/** As the broker shows it; `integration` where it knows that target. */
export type SuspensionView = z.output<typeof suspensionAnswer> & { readonly integration?: string };

export function toTargetText({
  everything,
  principal,
  profile,
  issuer,
  integration,
}: SuspensionView): string {
  if (everything) return 'everything';
  if (principal !== undefined) return `principal ${toActorText(principal)}`;
  if (profile !== undefined) return `profile ${profile}`;
  return integration === undefined ? `issuer ${issuer ?? ''}` : `integration ${integration}`;
}

export const toActorText = ({
  issuer,
  subject,
}: {
  readonly issuer: string;
  readonly subject: string;
}): string => `${issuer}.${subject}`;

export const suspensionColumns: readonly Column<SuspensionView>[] = [
  { heading: 'SINCE', value: ({ at }) => toInstantText(at) },
  { heading: 'STATE', value: ({ state }) => state },
  { heading: 'TARGET', value: toTargetText, shrinks: true },
  { heading: 'ID', value: ({ id }) => id },
  { heading: 'BY', value: ({ by }) => toActorText(by), shrinks: true, hides: true },
  { heading: 'REASON', value: ({ reason }) => reason, shrinks: true, hides: true },
];
