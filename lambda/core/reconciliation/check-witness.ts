import { toPrincipalId } from '../principal-id.ts';
import { toNoAccessLogLine, toOtherPrincipal } from './discoveries.ts';
import type { Difference, Discovery } from './finding.ts';
import type { GatewayLine, TrackedIssuance } from './reconciliation-ports.ts';
import { toArnAccount } from './session-name.ts';

/** What the gateway's line says of the row. `waits`: it may still come. */
export interface Testimony {
  readonly waits: boolean;
  readonly discoveries: readonly Discovery[];
}

/** A schedule's have no request; of what gave nobody anything, no other witness is needed. */
export const needsWitness = ({ state, gatewayRequestId }: TrackedIssuance): boolean =>
  state === 'ISSUED' && gatewayRequestId !== '';

export function checkWitness(
  row: TrackedIssuance,
  line: GatewayLine | undefined,
  { isSettled }: { readonly isSettled: boolean },
): Testimony {
  if (line === undefined)
    return isSettled
      ? { waits: false, discoveries: [toNoAccessLogLine(row)] }
      : { waits: true, discoveries: [] };
  const difference = compareCaller(row, line);
  return {
    waits: false,
    discoveries: difference === undefined ? [] : [toOtherPrincipal(row, line, difference)],
  };
}

/** Under `/iam/v1` the line knows the account alone: a session's principal is in no variable of API Gateway's log. */
function compareCaller({ principal }: TrackedIssuance, line: GatewayLine): Difference | undefined {
  const { principalId, accountId } = line;
  const [field, ofRow, ofLine] =
    principalId === undefined && accountId !== undefined
      ? ['accountId', toArnAccount(principal.subject), accountId]
      : ['principalId', toPrincipalId(principal), principalId];
  if (ofRow === ofLine) return undefined;
  return {
    field,
    ...(ofRow === undefined ? {} : { row: ofRow }),
    ...(ofLine === undefined ? {} : { event: ofLine }),
  };
}
