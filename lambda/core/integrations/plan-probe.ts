import type { Attempt, Intent } from '../issuance.ts';
import type { AssumeRoleRequest } from '../ports.ts';
import { toIntentDigest } from '../role-session-name.ts';
import { sha256 } from '../sha256.ts';
import { toSourceIdentity } from '../source-identity.ts';
import { compileTemplate, renderTemplate } from '../template.ts';
import type { Integration } from './integration.ts';

/** Seconds: the shortest that STS gives. */
export const probeSeconds = 900;

/** Nothing is allowed to whoever would get hold of a probe's session. */
export const denyAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});

/** How every probe's session is called, in CloudTrail on both sides. */
export const probeSessionPrefix = 'daypass-probe-';

/** Which parts of a real issuance a probe sends along. */
export interface ProbeShape {
  readonly setSourceIdentity: boolean;
  readonly sessionTags: Readonly<Record<string, string>>;
}

/** As a real issuance sends them. */
export const toRealShape = ({ setSourceIdentity, sessionTags }: Integration): ProbeShape => ({
  setSourceIdentity,
  sessionTags: Object.fromEntries(
    Object.entries(sessionTags).map(([key, template]) => [key, toProbeValue(template)]),
  ),
});

/** There is no caller whose values a template could take. */
function toProbeValue(text: string): string {
  const compiled = compileTemplate(text);
  if ('refused' in compiled) throw new TypeError('a session tag of the integration is no template');
  const rendered = renderTemplate(
    compiled.template,
    () => 'probe',
    () => true,
  );
  if (!('text' in rendered)) throw new TypeError('a session tag of the integration could not be filled in');
  return rendered.text;
}

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
  const { sessionTags } = shape;
  const identified = shape.setSourceIdentity ? { sourceIdentity: toSourceIdentity(attempt.principal) } : {};
  const unnamed: Intent = {
    ...attempt,
    ...toCommon([roleArn], statement),
    ...identified,
    durationSeconds,
    sessionTags,
  };
  const intent = {
    ...unnamed,
    roleSessionName: `${probeSessionPrefix}${attempt.id}-${toIntentDigest(unnamed)}`,
  };
  return {
    intent,
    request: {
      ...{ roleArn, roleSessionName: intent.roleSessionName, externalId, durationSeconds, ...identified },
      ...{ sessionTags, transitiveTagKeys: [], sessionPolicy: denyAll, managedPolicyArns: [] },
    },
  };
}

/** The row of a probe by the prober, which names its session itself: CloudTrail's record is found by the request id. */
export const planProbersProbe = (
  attempt: Attempt,
  { roleArns, statement }: Pick<Intent, 'roleArns'> & Pick<OwnProbe, 'statement'>,
): Intent => ({
  ...attempt,
  ...toCommon(roleArns, statement),
  durationSeconds: probeSeconds,
  sessionTags: {},
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
