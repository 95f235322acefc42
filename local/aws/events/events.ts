import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { Authenticate, Authentication } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import { jsonContentType, toJsonErrorAnswer } from '../json-error.ts';
import { parseJsonInput } from '../parse-json-input.ts';

export interface EventsOptions {
  readonly world: World;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

/** EventBridge as far as events are put onto the default bus. */
export interface Events {
  handle(request: AwsRequest): Promise<Outcome>;
  /** Oldest first; the last `keptEvents`, until the process ends. */
  list(): readonly KeptEvent[];
}

/** As a rule's target gets it. Source: EventBridge guide, "Event structure". */
export interface KeptEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export const keptEvents = 1000;

/** Source: EventBridge API reference, "PutEvents". */
const maxBytes = 256 * 1024;

const putEvents = z.object({
  Entries: z
    .array(
      z.object({
        Source: z.string().min(1),
        DetailType: z.string().min(1).max(128),
        Detail: z.string(),
        EventBusName: z.literal('default').optional(),
      }),
    )
    .min(1)
    .max(10),
});

type Entry = z.infer<typeof putEvents>['Entries'][number];

export function createEvents(options: EventsOptions): Events {
  const kept: KeptEvent[] = [];
  const keep = (event: KeptEvent) => {
    kept.push(event);
    if (kept.length > keptEvents) kept.shift();
  };
  return {
    list: () => [...kept],
    handle: async (request) => {
      try {
        return await handle(request, options, keep);
      } catch (error) {
        return { kind: 'answer', answer: refuse(error, request.requestId) };
      }
    },
  };
}

async function handle(
  request: AwsRequest,
  options: EventsOptions,
  keep: (event: KeptEvent) => void,
): Promise<Outcome> {
  const { authenticate, faults, world, closing } = options;
  const [, operation = ''] = (header(request, 'x-amz-target') ?? '').split('.');
  const authentication = authenticate(request, { service: 'events', regions: [world.region] });
  if (operation !== 'PutEvents')
    throw new AwsError('UnknownOperationException', 400, `no operation ${operation.slice(0, 64)}`);
  return meetFault(faults.take('events', operation), {
    process: async () => {
      try {
        return put(request, authentication, { now: options.now, keep });
      } catch (error) {
        return refuse(error, request.requestId);
      }
    },
    refuse: (kind) => refuse(toFault(kind), request.requestId),
    garbage: '{"Entries":[{"EventId":"',
    contentType: jsonContentType,
    closing,
  });
}

function put(
  request: AwsRequest,
  authentication: Authentication,
  { now, keep }: { readonly now: () => number; readonly keep: (event: KeptEvent) => void },
): Answer {
  const { caller, region } = authentication;
  const nowMs = now();
  const { Entries } = parseJsonInput(request.body, putEvents);
  const resource = `arn:aws:events:${region}:${caller.accountId}:event-bus/default`;
  for (const entry of Entries) {
    const call = { ...authentication, sourceIp: request.sourceIp, nowMs };
    const access = { action: 'events:PutEvents', resource };
    const context = [
      ['events:source', entry.Source],
      ['events:detail-type', entry.DetailType],
    ] as const;
    const outcome = decideCall(call, { ...access, context });
    if (outcome.effect !== 'Allow')
      throw new AwsError('AccessDeniedException', 400, toFullDeniedMessage(call, { ...access, outcome }));
  }
  const bytes = Entries.reduce((sum, entry) => sum + toBytes(entry), 0);
  if (bytes > maxBytes)
    throw new AwsError(
      'ValidationException',
      400,
      `Total size of the entries in the request is over the limit.`,
    );
  const results = Entries.map((entry) => {
    const detail = parseDetail(entry.Detail);
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    // As AWS answers it, in the entry and not for the call.
    if (entry.Source.startsWith('aws.'))
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    const id = randomUUID();
    keep({
      ...{ version: '0', id, 'detail-type': entry.DetailType, source: entry.Source },
      ...{ account: caller.accountId, time: new Date(nowMs).toISOString(), region, resources: [], detail },
    });
    return { EventId: id };
  });
  const FailedEntryCount = results.filter(({ EventId }) => EventId === undefined).length;
  return {
    status: 200,
    headers: { 'content-type': jsonContentType, 'x-amzn-requestid': request.requestId },
    body: JSON.stringify({ FailedEntryCount, Entries: results }),
  };
}

const toBytes = ({ Source, DetailType, Detail }: Entry): number =>
  Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);

/** `undefined` for what is no JSON object. */
function parseDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function refuse(error: unknown, requestId: string): Answer {
  if (!(error instanceof AwsError)) throw error;
  return toJsonErrorAnswer(error, requestId, () => 'message');
}

function toFault(kind: string): AwsError {
  if (kind === 'throttle') return new AwsError('ThrottlingException', 400, 'Rate exceeded');
  if (kind === 'accessdenied')
    return new AwsError('AccessDeniedException', 400, 'User is not authorized to perform: events:PutEvents');
  return new AwsError('InternalException', 500, 'This exception occurs due to unexpected causes.');
}
