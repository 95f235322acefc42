import * as z from 'zod';
import { retirableIds } from '../core/integrations/change-integration.ts';
import {
  changeOperations,
  findingCodes,
  inconclusiveReasons,
  integrationStates,
  probeKinds,
} from '../core/integrations/integration.ts';
import { isIntegrationName } from '../core/integrations/integration-schema.ts';
import { isReason, reasonAllowed } from '../core/reason.ts';
import { issuanceAnswer, issuancesAnswer, issuancesQuery } from './audit-schemas.ts';
import { strictObject } from './parse-request.ts';

const reason = z
  .string({ error: reasonAllowed })
  .refine(isReason, { error: reasonAllowed })
  .describe('Kept with the change');

const limitAllowed = 'an integer, 1–50';

const limit = z
  .string()
  .regex(/^([1-9]|[1-4][0-9]|50)$/, { error: limitAllowed })
  .transform(Number)
  .exactOptional();

const cursorAllowed = 'the nextCursor of an answer';

export const integrationsQuery = strictObject({
  includeDeleted: z.literal('true', { error: 'true' }).exactOptional(),
  limit,
  cursor: z.string().refine(isIntegrationName, { error: cursorAllowed }).exactOptional(),
});

export const historyQuery = strictObject({
  limit,
  cursor: z
    .string()
    .regex(/^[1-9][0-9]{0,8}$/, { error: cursorAllowed })
    .transform(Number)
    .exactOptional(),
});

/** Of changes whose body is a document, or that have none. */
export const changeQuery = strictObject({ reason: reason.exactOptional() });

export const suspendBody = strictObject({
  reason: reason.describe('Kept with the change, and shown to the third party'),
});

export const reasonBody = strictObject({ reason: reason.exactOptional() });

const retirableAllowed = retirableIds.join(', ');

export const retireBody = strictObject({
  which: z
    .enum(retirableIds, { error: retirableAllowed })
    .describe('next: gives a rotation up, and the id is to be refused; previous: ends all grace periods now'),
  reason: reason.exactOptional(),
});

export const kitFormats = [
  ...(['trust-policy', 'cloudformation', 'terraform', 'cli', 'markdown'] as const),
  'quick-create-template',
] as const;

export type KitFormat = (typeof kitFormats)[number];

export const onboardingQuery = strictObject({
  format: z
    .enum(kitFormats, { error: kitFormats.join(', ') })
    .describe(
      'One form as text instead; quick-create-template: what integrations.templateUrl shall point at, the same for every integration',
    )
    .exactOptional(),
});

const sidesAllowed = 'caller, role';

export const ownIssuancesQuery = strictObject({
  of: z
    .enum(['caller', 'role'], { error: sidesAllowed })
    .describe(
      'caller: what the third party itself asked for, the default; role: what was asked of its role, by whomever',
    )
    .exactOptional(),
  from: issuancesQuery.shape.from,
  to: issuancesQuery.shape.to,
  limit: issuancesQuery.shape.limit,
  cursor: issuancesQuery.shape.cursor,
});

const text = z.string();
const document = z.record(text, z.unknown());
const instant = z.iso.datetime();

const externalIds = z
  .strictObject({
    current: text,
    next: text.exactOptional(),
    previous: z.array(z.strictObject({ value: text, acceptedUntil: instant })).exactOptional(),
  })
  .describe(
    'current: what is issued with; next: to be proven; previous: each to be refused from acceptedUntil on',
  );

const finding = z.strictObject({
  code: z.enum(findingCodes),
  severity: z.enum(['danger', 'error', 'warning']),
  message: text,
  remedy: text.describe('What to change in the role'),
});

const probe = z.strictObject({
  kind: z.enum(probeKinds),
  wanted: z.enum(['accepted', 'refused']),
  seen: z.enum(['accepted', 'refused', 'inconclusive']),
  errorCode: text.exactOptional(),
  because: z.enum(inconclusiveReasons).exactOptional(),
});

const ownVerification = z.strictObject({
  at: instant,
  version: z.int().describe('Of the integration that was probed'),
  result: z.enum(['PASSED', 'FAILED', 'INCONCLUSIVE']),
  proved: z.enum(['current', 'next']).exactOptional(),
  probes: z.array(probe),
  findings: z.array(finding),
});

const verification = z.strictObject({
  ...ownVerification.shape,
  issuanceIds: z.array(text).describe("Of the probes' rows in the audit"),
});

const jwks = z.strictObject({ keys: z.array(document) });
const duration = z.strictObject({ defaultSeconds: z.int(), maxSeconds: z.int() });

const common = {
  name: text,
  version: z.int(),
  state: z.enum(integrationStates),
  description: text,
  owner: text,
  requestAccessUrl: text.exactOptional(),
  roleArn: text,
  duration,
  setSourceIdentity: z.boolean(),
  externalIds,
  jwks: jwks.exactOptional(),
  provenAt: instant.exactOptional().describe('Time of the last verification that passed'),
};

/** As a manager sees it. */
export const integrationAnswer = z.strictObject({
  ...common,
  trust: z.array(document),
  sessionPolicy: document.exactOptional(),
  sessionTags: z.record(text, text),
  suspension: z.strictObject({ at: instant, by: text, reason: text }).exactOptional(),
  verification: verification.exactOptional(),
});

/** As the third party sees its own. */
export const ownIntegrationAnswer = z.strictObject({
  ...common,
  sessionTagKeys: z.array(text),
  suspension: z.strictObject({ at: instant, reason: text }).exactOptional(),
  verification: ownVerification.exactOptional(),
});

export const integrationsAnswer = z.strictObject({
  integrations: z.array(
    z.strictObject({
      ...{ name: text, version: z.int(), state: z.enum(integrationStates) },
      ...{ description: text, owner: text, roleArn: text },
      verification: z
        .strictObject({ at: instant, result: z.enum(['PASSED', 'FAILED', 'INCONCLUSIVE']) })
        .exactOptional(),
    }),
  ),
  nextCursor: text.exactOptional().describe('Where there are more: give it back as cursor'),
});

export const historyAnswer = z.strictObject({
  changes: z
    .array(
      z.strictObject({
        version: z.int(),
        operation: z.enum(changeOperations),
        at: instant,
        principal: z
          .strictObject({ issuer: text, subject: text, sessionName: text.exactOptional() })
          .describe('Absent where nobody asked: the schedule')
          .exactOptional(),
        reason: text.exactOptional(),
        sourceIp: text.exactOptional(),
        gatewayRequestId: text.exactOptional(),
        before: integrationAnswer.exactOptional(),
        after: integrationAnswer,
      }),
    )
    .describe('Newest first'),
  nextCursor: text.exactOptional(),
});

export const verifyAnswer = z.strictObject({ integration: integrationAnswer, verification });

const kit = z.strictObject({
  roleArn: text,
  trustPolicy: document,
  cloudFormation: text.describe('A template, as YAML'),
  terraform: text.describe('HCL'),
  awsCli: text.describe('Commands for a POSIX shell'),
  quickCreate: z.union([z.strictObject({ url: text }), z.strictObject({ absent: text })]),
  instructions: text.describe('Markdown'),
});

export const onboardingAnswer = z.union([
  kit.describe('Without `format`'),
  document.describe('With `format=trust-policy`: an IAM policy'),
]);

/** What the role's own CloudTrail shows as well: who it is to the broker, and from where, is not in it. */
const roleIssuance = issuanceAnswer.pick({
  ...{ id: true, state: true, createdAt: true, integration: true, purpose: true, roleArns: true },
  ...{ roleSessionName: true, sourceIdentity: true, durationSeconds: true, sessionTags: true },
  ...{ finishedAt: true, stsRequestId: true, accessKeyId: true, expiration: true, errorCode: true },
});

export const ownIssuancesAnswer = z.strictObject({
  of: z.enum(['caller', 'role']),
  issuances: z.array(z.union([issuanceAnswer, roleIssuance])),
  from: issuancesAnswer.shape.from,
  to: issuancesAnswer.shape.to,
  nextCursor: issuancesAnswer.shape.nextCursor,
});
