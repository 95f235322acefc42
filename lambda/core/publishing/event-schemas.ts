import * as z from 'zod';
import { mechanisms } from '../configuration.ts';
import { policyStates } from '../controls/revocation.ts';
import { suspensionKinds, suspensionStates } from '../controls/suspension.ts';
import { changeOperations, findingCodes, integrationStates } from '../integrations/integration.ts';
import { issuancePurposes, issuanceStates } from '../issuance.ts';
import { findingKinds, findingSeverities, findingStates } from '../reconciliation/finding.ts';
import { matches } from '../reconciliation/sighting.ts';

/**
 * What an event says. These are the lists by which attributes pass: what is not named here stays behind. Left out on
 * purpose: ExternalIds, nonces, keys of indexes; `detail`, which is for the auditors and quotes AWS; the user agent, which
 * anybody may write. Fields are only ever added; anything else is a new `schemaVersion`.
 */
const text = z.string();
const instant = text.meta({ description: 'ISO 8601' });

const head = {
  schemaVersion: z.literal(1),
  /** The same for the same news, however often and in whatever order it comes. */
  id: text.meta({ description: 'Of this news: what comes twice has it twice' }),
  stage: text.meta({ description: 'Of the deployment' }),
};

const principal = z.object({
  issuer: text,
  subject: text,
  sessionName: text.exactOptional(),
});

export const issuanceDetail = z.object({
  ...head,
  issuanceId: text,
  state: z.enum(issuanceStates).exclude(['PENDING']),
  match: z.enum(matches).exactOptional(),
  region: text.exactOptional(),
  createdAt: instant,
  finishedAt: instant.exactOptional(),
  principal,
  profile: text.exactOptional(),
  integration: text.exactOptional(),
  purpose: z.enum(issuancePurposes).exactOptional(),
  requestedDurationSeconds: z.int().exactOptional(),
  reason: text.exactOptional(),
  sourceIp: text,
  gatewayRequestId: text,
  mechanism: z.enum(mechanisms).exactOptional(),
  enforcement: z.literal('recorded').exactOptional(),
  roleArns: z.array(text).exactOptional(),
  roleSessionName: text.exactOptional(),
  sourceIdentity: text.exactOptional(),
  durationSeconds: z.int().exactOptional(),
  sessionTags: z.record(text, text).exactOptional(),
  sessionPolicySha256: text.exactOptional(),
  managedPolicyArns: z.array(text).exactOptional(),
  callerAccessKeyId: text.exactOptional(),
  targetPrincipal: text.exactOptional(),
  taskPolicyArn: text.exactOptional(),
  audiences: z.array(text).exactOptional(),
  statement: text.exactOptional(),
  stsRequestId: text.exactOptional(),
  accessKeyId: text.exactOptional(),
  hops: z.array(z.object({ roleArn: text, stsRequestId: text, accessKeyId: text })).exactOptional(),
  expiration: instant.exactOptional(),
  packedPolicySize: z.int().exactOptional(),
  errorCode: text.exactOptional(),
});

export const findingDetail = z.object({
  ...head,
  findingId: text,
  kind: z.enum(findingKinds),
  severity: z.enum(findingSeverities),
  state: z.enum(findingStates),
  summary: text,
  issuanceId: text.exactOptional(),
  event: z
    .object({
      eventId: text.exactOptional(),
      eventName: text.exactOptional(),
      eventTime: instant.exactOptional(),
      region: text.exactOptional(),
      accountId: text.exactOptional(),
      roleArn: text.exactOptional(),
      callerArn: text.exactOptional(),
      requestId: text.exactOptional(),
      accessKeyId: text.exactOptional(),
      foundIn: text,
    })
    .exactOptional(),
  differences: z.array(z.object({ field: text, row: text.exactOptional(), event: text.exactOptional() })),
  createdAt: instant,
  reopenedAt: instant.exactOptional(),
  resolvedAt: instant.exactOptional(),
  resolution: text.exactOptional(),
});

export const integrationDetail = z.object({
  ...head,
  integration: text,
  version: z.int().positive(),
  operation: z.enum(changeOperations),
  at: instant,
  principal: principal.exactOptional().meta({ description: 'Absent: the schedule' }),
  reason: text.exactOptional(),
  gatewayRequestId: text.exactOptional(),
  state: z.enum(integrationStates),
  owner: text,
  roleArn: text,
  suspension: z.object({ at: instant, by: text, reason: text }).exactOptional(),
  verification: z
    .object({
      at: instant,
      result: z.enum(['PASSED', 'FAILED', 'INCONCLUSIVE']),
      findings: z.array(
        z.object({ code: z.enum(findingCodes), severity: z.enum(['danger', 'error', 'warning']) }),
      ),
    })
    .exactOptional(),
});

export const controlDetail = z.object({
  ...head,
  control: z.enum(['suspension', 'revocation']),
  target: text.meta({ description: 'What it is of: its key' }),
  version: z.int().positive(),
  state: z.enum([...suspensionStates, 'REVOKED']),
  of: z
    .object({
      kind: z.enum(suspensionKinds),
      issuer: text.exactOptional(),
      subject: text.exactOptional(),
      name: text.exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'What is suspended' }),
  scope: z
    .object({
      kind: z.enum(['issuance', 'principal', 'role']),
      issuanceId: text.exactOptional(),
      issuer: text.exactOptional(),
      subject: text.exactOptional(),
      roleArn: text.exactOptional(),
      before: instant.exactOptional(),
    })
    .exactOptional()
    .meta({ description: 'What is revoked' }),
  policies: z
    .array(
      z.object({
        holder: z.object({ type: z.enum(['role', 'user']), arn: text }),
        policyName: text,
        state: z.enum(policyStates),
      }),
    )
    .exactOptional(),
  reason: text,
  by: principal,
  at: instant,
  gatewayRequestId: text,
});

/** By the event's detail-type. */
export const eventSchemas = {
  'Daypass Issuance': issuanceDetail,
  'Daypass Finding': findingDetail,
  'Daypass Integration Change': integrationDetail,
  'Daypass Control Change': controlDetail,
} as const;

export const eventSource = 'daypass';

export type DetailType = keyof typeof eventSchemas;

/** One event, as EventBridge takes it. */
export type BrokerEvent = {
  [Type in DetailType]: { readonly detailType: Type; readonly detail: z.infer<(typeof eventSchemas)[Type]> };
}[DetailType];
