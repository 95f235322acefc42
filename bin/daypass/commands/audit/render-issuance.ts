import { toDistanceText, toInstantText } from '../../instant-text.ts';
import { type Fact, renderFacts } from '../../render-facts.ts';
import { toShellWord } from '../../shell-word.ts';
import type { Terminal } from '../../terminal.ts';
import { type IssuanceView, toPrincipalText, toWanted } from './issuance-view.ts';

/** One issuance in the order of the questions: who, what, why, when and from where, what CloudTrail says, what to do. */
export function renderIssuance(issuance: IssuanceView, terminal: Terminal): string {
  const nowMs = terminal.now();
  return renderFacts(
    [
      ...toWho(issuance),
      ...toWhy(issuance),
      ...toGiven(issuance, nowMs),
      ...toSeen(issuance),
      ...toDo(issuance, nowMs),
    ],
    terminal,
  );
}

const toWho = (issuance: IssuanceView): readonly Fact[] => [
  ['issuance', issuance.id],
  ['state', toState(issuance)],
  ['principal', toPrincipalText(issuance.principal)],
  ['session of the caller', issuance.principal.sessionName],
  ['for', toWanted(issuance) || undefined],
];

const toState = ({ state, errorCode }: IssuanceView): string =>
  errorCode === undefined ? state : `${state} (${errorCode})`;

const toWhy = ({ statement, detail, reason, enforcement }: IssuanceView): readonly Fact[] => [
  ['statement', statement],
  ['reason', reason],
  ['detail', detail],
  [
    'enforcement',
    enforcement === undefined
      ? undefined
      : 'recorded alone: the caller can have the same of STS without Daypass',
  ],
];

const toGiven = (issuance: IssuanceView, nowMs: number): readonly Fact[] => [
  ['asked', toInstantText(issuance.createdAt)],
  ['from', `${issuance.sourceIp}, ${issuance.userAgent}`],
  ['access key', issuance.accessKeyId],
  ['until', toEnd(issuance, nowMs)],
  ['roles', (issuance.roleArns ?? []).join(' → ')],
  ...(issuance.hops ?? []).map(
    ({ roleArn, accessKeyId }): Fact => ['session on the way', `${accessKeyId}, ${roleArn}`],
  ),
  ['mechanism', issuance.mechanism],
  ['session name', issuance.roleSessionName],
  ['source identity', issuance.sourceIdentity],
  ['session tags', toTags(issuance)],
  ['session policy', issuance.sessionPolicySha256 && `SHA-256 ${issuance.sessionPolicySha256}`],
  ['managed policies', (issuance.managedPolicyArns ?? []).join(', ')],
  ['target account', issuance.targetPrincipal],
  ['task policy', issuance.taskPolicyArn],
  ['audiences', (issuance.audiences ?? []).join(', ')],
  ['signed with', issuance.callerAccessKeyId],
  ['request of STS', issuance.stsRequestId],
  ['request of the API', issuance.gatewayRequestId],
];

function toEnd({ expiration }: IssuanceView, nowMs: number): string | undefined {
  if (expiration === undefined) return undefined;
  const endMs = Date.parse(expiration);
  return `${toInstantText(expiration)} (${endMs > nowMs ? toDistanceText(endMs, nowMs) : 'over'})`;
}

const toTags = ({ sessionTags = {} }: IssuanceView): string =>
  Object.entries(sessionTags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

const matchTexts: Readonly<Record<NonNullable<IssuanceView['match']>, string>> = {
  MATCHED: 'says the same',
  MISMATCHED: 'says something else: daypass findings',
  MISSING: 'has no such event, though it should: daypass findings',
  ABSENT: 'has no such event, as may be where an answer was lost',
  NOT_EXPECTED: 'of an account that no trail here covers',
};

function toSeen({ match, cloudTrailEvents = [], state }: IssuanceView): readonly Fact[] {
  const isLookedFor = match === undefined && state !== 'DENIED' && state !== 'PENDING';
  return [
    ['CloudTrail', match === undefined ? isLookedFor && 'is still looked through' : matchTexts[match]],
    ...cloudTrailEvents.map(({ eventName, eventTime, eventId, accountId, region, differences }): Fact => {
      const differ = differences === undefined ? '' : `, other ${differences.join(', ')}`;
      return [
        'event',
        `${eventName} ${eventId}, ${toInstantText(eventTime)}, ${accountId} ${region}${differ}`,
      ];
    }),
  ].filter((fact): fact is Fact => fact[1] !== false);
}

/** What ends it, of what lasts. */
function toDo(issuance: IssuanceView, nowMs: number): readonly Fact[] {
  const { id, state, expiration, principal } = issuance;
  const mayLast = expiration === undefined ? state === 'UNKNOWN' : Date.parse(expiration) > nowMs;
  if (!mayLast) return [];
  return [
    ['to end it', `daypass revoke ${id} --reason …`],
    ['to stop more', `daypass suspend --principal ${toShellWord(toPrincipalText(principal))} --reason …`],
  ];
}
