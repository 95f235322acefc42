import * as z from 'zod';
import { sha256 } from '../sha256.ts';
import type { TrailCaller, TrailEvent, TrailRequest, UnreadableEvent } from './trail-event.ts';

/** What a record came to. `undefined`: it is another service's. */
export type ParsedRecord =
  | { readonly event: TrailEvent; readonly unreadable?: undefined }
  | { readonly unreadable: UnreadableEvent; readonly event?: undefined }
  | undefined;

/**
 * Takes the listed fields of a CloudTrail record and leaves everything else behind, the session token above all. A
 * record of STS that cannot be read is said to be one: what is lost in silence could be a session that nobody recorded.
 */
export function parseTrailEvent(record: unknown): ParsedRecord {
  const source = z.object({ eventSource: z.string() }).safeParse(record);
  if (source.success && source.data.eventSource !== 'sts.amazonaws.com') return undefined;
  const parsed = trailRecord.safeParse(record);
  if (parsed.success && source.success) return { event: toEvent(parsed.data) };
  const problems = [
    ...(source.success ? [] : ['eventSource']),
    ...(parsed.error?.issues.map(({ path }) => path.join('.')) ?? []),
  ];
  return { unreadable: { ...toHints(record), problems: [...new Set(problems)].slice(0, maxProblems) } };
}

const maxProblems = 10;

/** Characters. CloudTrail cuts most texts at 1 KB; ARNs are 2048 at most. */
const longestText = 2048;
const id = z.string().min(1).max(128);

/**
 * Absent, null and empty are the same: CloudTrail has all three. So is what is longer than STS takes or gives: whoever
 * is refused for it must not make findings, and what was granted with the broker's authority is one without a name, too.
 */
const optionalText = (longest = longestText) =>
  z
    .string()
    .nullish()
    .transform((value) =>
      value === null || value === '' || (value?.length ?? 0) > longest ? undefined : value,
    );

const none = z.null().transform(() => undefined);

const seconds = z.union([
  z.int().min(0),
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
]);

/** Characters: CloudTrail leaves parameters of more than 100 KB out. */
const longestPolicy = 102_400;

const userIdentity = z.object({
  type: optionalText(),
  arn: optionalText(),
  accountId: optionalText(128),
  accessKeyId: optionalText(128),
  principalId: optionalText(),
  userName: optionalText(),
  invokedBy: optionalText(),
  identityProvider: optionalText(),
  sessionContext: z.object({ sessionIssuer: z.object({ arn: optionalText() }).nullish() }).nullish(),
});

/** Of a request: whoever is refused for a value that nobody expects must not make findings by it either. */
const requestedText = (longest?: number) => optionalText(longest).catch(undefined);

const requestParameters = z.object({
  omitted: z.boolean().nullish().catch(undefined),
  roleArn: requestedText(),
  roleSessionName: requestedText(),
  name: requestedText(),
  sourceIdentity: requestedText(),
  durationSeconds: seconds
    .nullish()
    .transform((value) => value ?? undefined)
    .catch(undefined),
  policy: requestedText(longestPolicy),
  targetPrincipal: requestedText(),
  taskPolicyArn: z.object({ arn: requestedText() }).nullish().catch(undefined),
});

const responseElements = z.object({
  credentials: z.object({ accessKeyId: optionalText(128), expiration: optionalText() }).nullish(),
});

const trailRecord = z.object({
  eventID: id,
  sharedEventID: optionalText(128),
  // `.000Z` is not what CloudTrail writes, and means the same.
  eventTime: z.iso.datetime(),
  eventName: id,
  awsRegion: id,
  recipientAccountId: id,
  requestID: optionalText(128),
  errorCode: optionalText(),
  readOnly: z.boolean().nullish(),
  userIdentity,
  requestParameters: z.union([none, requestParameters]).optional(),
  responseElements: z.union([none, responseElements]).optional(),
});

type TrailRecord = z.infer<typeof trailRecord>;

function toEvent(record: TrailRecord): TrailEvent {
  const { eventID, sharedEventID, eventTime, eventName, awsRegion, recipientAccountId, requestID } = record;
  const { errorCode, readOnly, requestParameters: requested, responseElements: response } = record;
  const granted = response?.credentials ?? undefined;
  return {
    ...{ eventId: eventID, eventTime, eventName, region: awsRegion, recipientAccountId },
    ...present({ sharedEventId: sharedEventID, requestId: requestID, errorCode }),
    ...present({ readOnly: readOnly ?? undefined }),
    caller: toCaller(record),
    ...(requested === undefined || requested.omitted === true ? {} : { requested: toRequest(requested) }),
    ...(granted === undefined ? {} : { granted: present(granted) }),
  };
}

function toCaller({ userIdentity: identity }: TrailRecord): TrailCaller {
  const { type, arn, accountId, accessKeyId, principalId, userName, invokedBy, identityProvider } = identity;
  return present({
    ...{ type, arn, accountId, accessKeyId, principalId, userName, invokedBy, identityProvider },
    sessionIssuerArn: identity.sessionContext?.sessionIssuer?.arn,
  });
}

function toRequest(requested: z.infer<typeof requestParameters>): TrailRequest {
  const { roleArn, roleSessionName, name, sourceIdentity, durationSeconds, policy } = requested;
  return present({
    ...{ roleArn, roleSessionName, name, sourceIdentity, durationSeconds },
    policySha256: policy === undefined ? undefined : sha256(policy).toString('hex'),
    targetPrincipal: requested.targetPrincipal,
    taskPolicyArn: requested.taskPolicyArn?.arn,
  });
}

type Present<Value> = { readonly [Key in keyof Value]?: Exclude<Value[Key], undefined> };

/** Without the members that are undefined. */
const present = <Value extends object>(value: Value): Present<Value> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Present<Value>;

const hint = id
  .regex(/^[\w.:/@+=-]+$/)
  .optional()
  .catch(undefined);

/** What is known of a record that cannot be read: each by itself, and only what looks like what it should be. */
const hints = z
  .object({ eventID: hint, eventName: hint, recipientAccountId: hint, awsRegion: hint })
  .catch({});

function toHints(record: unknown): Omit<UnreadableEvent, 'problems'> {
  const { eventID, eventName, recipientAccountId, awsRegion } = hints.parse(record);
  return present({ eventId: eventID, eventName, recipientAccountId, region: awsRegion });
}
