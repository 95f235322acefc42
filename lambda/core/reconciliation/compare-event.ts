import type { Issuance } from '../issuance.ts';
import { toIntentDigest, type UnnamedIntent } from '../role-session-name.ts';
import type { ExpectedCall } from './expected-events.ts';
import type { Difference, FindingSeverity } from './finding.ts';
import type { IssuanceName } from './session-name.ts';
import type { Sighting } from './sighting.ts';
import type { TrailEvent } from './trail-event.ts';

/** The digest in the session's name, where it is not the one of the row as it is now. */
export function findDigestDifference(row: Issuance, name: IssuanceName | undefined): Difference | undefined {
  if (name?.digest === undefined) return undefined;
  const digest = toIntentDigest(toIntent(row)).slice(0, name.digest.length);
  return digest === name.digest ? undefined : { field: 'digest', row: digest, event: name.digest };
}

/** What a row is made of that lost a part is not what was named either. */
const toIntent = ({
  roleArns,
  sessionTags,
  transitiveTagKeys,
  managedPolicyArns,
  statement,
  ...row
}: Issuance): UnnamedIntent => ({
  ...row,
  roleArns: roleArns ?? [],
  sessionTags: sessionTags ?? {},
  transitiveTagKeys: transitiveTagKeys ?? [],
  managedPolicyArns: managedPolicyArns ?? [],
  statement: statement ?? '',
});

/** What the event says otherwise than the row, of what CloudTrail shows of the call. */
export function compareEvent(
  row: Issuance & { readonly region?: string },
  call: ExpectedCall,
  event: TrailEvent,
): readonly Difference[] {
  const { requested } = event;
  return [
    ...compareOutcome(call, toIds(event)),
    ...(row.region === undefined ? [] : differ('region', row.region, event.region)),
    ...(requested === undefined
      ? []
      : [
          ...known('roleArn', call.roleArn, requested.roleArn),
          ...known('roleSessionName', call.sessionName, requested.roleSessionName ?? requested.name),
          ...known('durationSeconds', call.durationSeconds, requested.durationSeconds),
          ...known('targetPrincipal', call.targetPrincipal, requested.targetPrincipal),
          ...known('taskPolicyArn', call.taskPolicyArn, requested.taskPolicyArn),
          ...compareSourceIdentity(call, requested.sourceIdentity),
          ...(call.sessionPolicySha256 === undefined
            ? []
            : differ('sessionPolicySha256', call.sessionPolicySha256.value, requested.policySha256)),
        ]),
  ];
}

const toIds = ({ requestId, granted, errorCode }: TrailEvent) => ({
  requestId,
  accessKeyId: granted?.accessKeyId,
  errorCode,
});

/** What the row knows only once STS has answered: a sighting may be older. */
export function compareOutcome(
  { wasGranted, requestId, accessKeyId }: ExpectedCall,
  seen: { readonly [Key in 'requestId' | 'accessKeyId' | 'errorCode']?: Sighting[Key] | undefined },
): readonly Difference[] {
  const isGranted = seen.errorCode === undefined;
  return [
    ...(wasGranted === undefined || wasGranted === isGranted
      ? []
      : differ('outcome', toOutcome(wasGranted), seen.errorCode ?? toOutcome(true))),
    ...known('stsRequestId', requestId, seen.requestId),
    ...known('accessKeyId', accessKeyId, seen.accessKeyId),
  ];
}

const toOutcome = (wasGranted: boolean) => (wasGranted ? 'granted' : 'refused');

/** An inherited one is shown as well, though not by every account's copy. */
const compareSourceIdentity = ({ sourceIdentity, place }: ExpectedCall, shown: string | undefined) => {
  if (sourceIdentity === undefined || (shown === undefined && place > 0)) return [];
  return differ('sourceIdentity', sourceIdentity.value, shown);
};

type Value = string | number | undefined;

/** Of what need not be in both. */
const known = (field: string, row: Value, event: Value): readonly Difference[] =>
  row === undefined || event === undefined ? [] : differ(field, row, event);

const differ = (field: string, row: Value, event: Value): readonly Difference[] =>
  row === event
    ? []
    : [
        {
          field,
          ...(row === undefined ? {} : { row: String(row) }),
          ...(event === undefined ? {} : { event: String(event) }),
        },
      ];

/** A session that the row denies, or of another role, is as bad as one without a row. */
const critical = new Set(['outcome', 'roleArn', 'targetPrincipal', 'taskPolicyArn']);

/**
 * A policy whose bytes alone are others is a warning: whether CloudTrail shows them as they were sent is for a real
 * account to prove.
 */
export function toSeverity(differences: readonly Difference[]): FindingSeverity {
  const isCritical = ({ field, event }: Difference) =>
    critical.has(field) && (field !== 'outcome' || event === toOutcome(true));
  if (differences.some(isCritical)) return 'critical';
  const isOfBytes = ({ field, row, event }: Difference) =>
    field === 'sessionPolicySha256' && row !== undefined && event !== undefined;
  return differences.every(isOfBytes) ? 'warning' : 'error';
}
