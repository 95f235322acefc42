import { toPrincipalId } from '../principal-id.ts';
import { toNoAccessLogLine, toOtherPrincipal } from './discoveries.ts';
import type { Difference, Discovery } from './finding.ts';
import type { GatewayLine, TrackedIssuance } from './reconciliation-ports.ts';
import { parseSessionArn, toArnAccount } from './session-name.ts';

/** What the gateway's line says of the row. `waits`: it may still come. */
export interface Testimony {
  readonly waits: boolean;
  readonly discoveries: readonly Discovery[];
}

/** A schedule's have no request; of what gave nobody anything, no other witness is needed. */
export const needsWitness = (row: TrackedIssuance): boolean => isGiven(row) && !isOfSchedule(row);

/** By the row, or by CloudTrail where the row doesn't know. */
const isGiven = ({ state, sightings }: TrackedIssuance): boolean =>
  state === 'ISSUED' ||
  (state === 'UNKNOWN' &&
    Object.values(sightings).some((sighting) => sighting !== undefined && sighting.errorCode === undefined));

const isOfSchedule = ({ gatewayRequestId, purpose, principal }: TrackedIssuance): boolean =>
  gatewayRequestId === '' && purpose === 'probe' && principal.issuer === 'daypass';

export function checkWitness(
  row: TrackedIssuance,
  line: GatewayLine | undefined,
  { isSettled }: { readonly isSettled: boolean },
): Testimony {
  if (line === undefined)
    return isSettled
      ? { waits: false, discoveries: [toNoAccessLogLine(row)] }
      : { waits: true, discoveries: [] };
  const difference = compareCaller(row, line) ?? compareStatus(row, line);
  return {
    waits: false,
    discoveries: difference === undefined ? [] : [toOtherPrincipal(row, line, difference)],
  };
}

/** Under `/iam/v1` no authorizer names a principal: account and ARN of whoever signed have to be those of the subject. */
function compareCaller({ principal }: TrackedIssuance, line: GatewayLine): Difference | undefined {
  const { principalId, accountId, userArn } = line;
  const { subject } = principal;
  if (principalId !== undefined || accountId === undefined)
    return differ('principalId', toPrincipalId(principal), principalId);
  return (
    differ('accountId', toArnAccount(subject), accountId) ??
    differ('userArn', subject, userArn === undefined ? undefined : toSubject(userArn))
  );
}

/** As `toIamPrincipal` has it: of a role's session the role, without its path, and of everybody else the ARN itself. */
function toSubject(userArn: string): string {
  const { accountId, roleName } = parseSessionArn(userArn) ?? {};
  const [, partition] = userArn.split(':');
  return roleName === undefined ? userArn : `arn:${partition}:iam::${accountId}:role/${roleName}`;
}

/**
 * What was refused gave nothing. Not 500 and above: a session may have been given before what came after it failed. A
 * verification's answer is of more than its probes.
 */
const compareStatus = (
  { state, purpose }: TrackedIssuance,
  { status }: GatewayLine,
): Difference | undefined =>
  state === 'ISSUED' && purpose !== 'probe' && status !== undefined && status >= 400 && status < 500
    ? { field: 'status', row: state, event: String(status) }
    : undefined;

function differ(
  field: string,
  ofRow: string | undefined,
  ofLine: string | undefined,
): Difference | undefined {
  if (ofRow === ofLine) return undefined;
  return {
    field,
    ...(ofRow === undefined ? {} : { row: ofRow }),
    ...(ofLine === undefined ? {} : { event: ofLine }),
  };
}
