import * as z from 'zod';
import { mechanisms } from '../core/configuration.ts';
import { isProfileName } from '../core/configuration-schema.ts';
import { isIntegrationName } from '../core/integrations/integration-schema.ts';
import { issuancePurposes, issuanceStates } from '../core/issuance.ts';
import { matches } from '../core/reconciliation/sighting.ts';
import { toSourceIdentity } from '../core/source-identity.ts';
import { strictObject } from './parse-request.ts';

const principalAllowed = '<issuer>.<subject>, or a sourceIdentity as CloudTrail shows it';

/** `okta.alice@example.com`, or the hashed form that a source identity may have: both are the index's key. */
const principal = z
  .string()
  .regex(/^[a-z][a-z0-9-]*[.=].{1,1024}$/u, { error: principalAllowed })
  .transform((text) => {
    const [, issuer = '', separator, subject = ''] = /^([^.=]+)([.=])(.*)$/su.exec(text) ?? [];
    return separator === '=' ? text : toSourceIdentity({ issuer, subject });
  });

const instantAllowed = 'an ISO 8601 instant such as 2026-11-21T08:00:00Z, or a day such as 2026-11-21';

export const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/, {
    error: instantAllowed,
    abort: true,
  })
  .refine((text) => isDay(text.slice(0, 10)), { error: instantAllowed })
  .transform((text) => Date.parse(text))
  .refine((ms) => Number.isFinite(ms), { error: instantAllowed });

/** `Date.parse` reads February 30 as March 2. */
function isDay(day: string): boolean {
  const ms = Date.parse(day);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
}

const limitAllowed = 'an integer, 1–100';

export const limit = z
  .string()
  .regex(/^([1-9][0-9]?|100)$/, { error: limitAllowed })
  .transform(Number);

export const issuancesQuery = strictObject({
  principal: principal.exactOptional(),
  profile: z.string().refine(isProfileName, { error: 'a profile name' }).exactOptional(),
  integration: z.string().refine(isIntegrationName, { error: 'a name of an integration' }).exactOptional(),
  state: z.enum(issuanceStates, { error: issuanceStates.join(', ') }).exactOptional(),
  accessKeyId: z
    .string()
    .regex(/^[A-Z0-9]{16,128}$/, { error: 'an access key id such as ASIAIOSFODNN7EXAMPLE' })
    .exactOptional(),
  from: instant.exactOptional(),
  to: instant.exactOptional(),
  limit: limit.exactOptional(),
  cursor: z
    .string()
    .regex(/^[\w-]{1,128}$/, { error: 'the nextCursor of an answer' })
    .exactOptional(),
});

const text = z.string();

/** One issuance as a reader sees it. `statement` and `detail` are for whom the audit section trusts. */
export const issuanceAnswer = z.strictObject({
  id: text,
  state: z.enum(issuanceStates),
  createdAt: z.iso.datetime(),
  principal: z.strictObject({ issuer: text, subject: text, sessionName: text.exactOptional() }),
  profile: text.exactOptional(),
  integration: text.describe('Name of the integration whose role it is about').exactOptional(),
  purpose: z
    .enum(issuancePurposes)
    .describe('console: nobody got the credentials, but a link; absent: the credentials themselves')
    .exactOptional(),
  requestedDurationSeconds: z.int().exactOptional(),
  reason: text.exactOptional(),
  sourceIp: text,
  userAgent: text,
  gatewayRequestId: text,
  region: text.describe('Of the function that wrote it').exactOptional(),
  mechanism: z.enum(mechanisms).exactOptional(),
  enforcement: z
    .literal('recorded')
    .describe('Whoever holds the own proof of the caller can have the same of STS without Daypass')
    .exactOptional(),
  roleArns: z.array(text).exactOptional(),
  roleSessionName: text.exactOptional(),
  sourceIdentity: text.exactOptional(),
  durationSeconds: z.int().exactOptional(),
  sessionTags: z.record(text, text).exactOptional(),
  transitiveTagKeys: z.array(text).exactOptional(),
  sessionPolicySha256: text.exactOptional(),
  managedPolicyArns: z.array(text).exactOptional(),
  callerAccessKeyId: text.exactOptional(),
  targetPrincipal: text.exactOptional(),
  taskPolicyArn: text.exactOptional(),
  audiences: z.array(text).exactOptional(),
  statement: text.exactOptional(),
  finishedAt: z.iso.datetime().exactOptional(),
  stsRequestId: text.exactOptional(),
  accessKeyId: text.exactOptional(),
  hops: z.array(z.strictObject({ roleArn: text, stsRequestId: text, accessKeyId: text })).exactOptional(),
  expiration: z.iso.datetime().exactOptional(),
  packedPolicySize: z.int().exactOptional(),
  errorCode: text.exactOptional(),
  detail: text.exactOptional(),
  match: z
    .enum(matches)
    .describe('What became of looking for it in CloudTrail; absent while it is looked for')
    .exactOptional(),
  cloudTrailEvents: z
    .array(
      z.strictObject({
        call: z.int().describe('0 for the first call of STS; the last one is what the credentials are for'),
        eventId: text,
        sharedEventId: text.exactOptional(),
        eventTime: text,
        eventName: text,
        region: text,
        accountId: text,
        requestId: text.exactOptional(),
        accessKeyId: text.exactOptional(),
        errorCode: text.exactOptional(),
        differences: z.array(text).describe('What differs from here; see the findings').exactOptional(),
      }),
    )
    .exactOptional(),
  keptUntil: z.iso.datetime(),
});

export const issuancesAnswer = z.strictObject({
  issuances: z.array(issuanceAnswer),
  scope: z.enum(['all', 'own']).describe("Whether everybody's issuances were looked at, or the caller's own"),
  from: z.iso.datetime().describe('The span of time that was looked at, inclusive'),
  to: z.iso.datetime().describe('Its end, exclusive'),
  nextCursor: text.exactOptional().describe('Where there may be more: give it back with the same filters'),
});
