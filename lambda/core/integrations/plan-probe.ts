import type { Attempt, Intent } from '../issuance.ts';
import type { AssumeRoleRequest } from '../ports.ts';
import { toIntentDigest } from '../role-session-name.ts';
import { sha256 } from '../sha256.ts';
import type { ProbeShape } from './probe-shapes.ts';
import type { ProbeTask } from './verify-ports.ts';

/** Seconds: the shortest that STS gives. */
export const probeSeconds = 900;

/** Nothing is allowed to whoever would get hold of a probe's session. */
export const denyAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});

/** How every probe's session is called, in CloudTrail on both sides. */
export const probeSessionPrefix = 'daypass-probe-';

export interface OwnProbe {
  readonly roleArn: string;
  readonly externalId: string;
  readonly shape: ProbeShape;
  readonly durationSeconds: number;
  readonly statement: string;
}

/** The row of a probe by the issuing role, and the request that it speaks of. */
export function planOwnProbe(
  attempt: Attempt,
  { roleArn, externalId, shape, durationSeconds, statement }: OwnProbe,
): { readonly intent: Intent; readonly request: AssumeRoleRequest } {
  const unnamed: Intent = {
    ...attempt,
    ...toCommon([roleArn], statement),
    ...shape,
    durationSeconds,
  };
  const intent = {
    ...unnamed,
    roleSessionName: `${probeSessionPrefix}${attempt.id}-${toIntentDigest(unnamed)}`,
  };
  return {
    intent,
    request: {
      ...{ roleArn, roleSessionName: intent.roleSessionName, externalId, durationSeconds, ...shape },
      ...{ transitiveTagKeys: [], sessionPolicy: denyAll, managedPolicyArns: [] },
    },
  };
}

/** By the row's id CloudTrail's record is found, even where the prober's answer is lost. */
export const toProberSessionName = ({ probe, issuanceId }: Pick<ProbeTask, 'probe' | 'issuanceId'>): string =>
  `${probeSessionPrefix}${probe}-${issuanceId}`;

export interface ProbersProbe extends Pick<OwnProbe, 'shape' | 'statement'> {
  readonly probe: ProbeTask['probe'];
  readonly roleArns: readonly string[];
}

/** The row of a probe by the prober, which makes the request itself. */
export const planProbersProbe = (
  attempt: Attempt,
  { probe, roleArns, shape, statement }: ProbersProbe,
): Intent => ({
  ...attempt,
  ...toCommon(roleArns, statement),
  ...shape,
  roleSessionName: toProberSessionName({ probe, issuanceId: attempt.id }),
  durationSeconds: probeSeconds,
});

const toCommon = (roleArns: readonly string[], statement: string) =>
  ({
    mechanism: 'assume-role',
    roleArns,
    transitiveTagKeys: [],
    sessionPolicySha256: sha256(denyAll).toString('hex'),
    managedPolicyArns: [],
    statement,
  }) as const;
