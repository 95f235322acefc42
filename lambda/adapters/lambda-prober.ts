import * as z from 'zod';
import type { SeenSession } from '../core/integrations/seen-session.ts';
import type { Prober } from '../core/integrations/verify-ports.ts';
import type { Asked } from '../core/issue.ts';
import type { StsFailure } from '../core/ports.ts';
import { type Invoked, type InvokeFunctionOptions, invokeFunction } from './invoke-function.ts';

/** The prober function, by an invocation for each probe. Never rejects. */
export const createLambdaProber =
  (options: InvokeFunctionOptions): Prober =>
  async (task) =>
    toAsked(await invokeFunction(options, task));

const text = z.string();
const failed = { errorCode: text, detail: text, requestId: text.exactOptional() };

const answer = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('ISSUED'),
    requestId: text,
    credentials: z.strictObject({
      accessKeyId: text,
      expiration: z.iso.datetime().transform((written) => new Date(written)),
    }),
  }),
  z.strictObject({ state: z.literal('REFUSED'), ...failed }),
  z.strictObject({ state: z.literal('FAILED'), cause: z.enum(['throttled', 'unreachable']), ...failed }),
  z.strictObject({ state: z.literal('UNKNOWN'), ...failed }),
]);

/** Strict: a secret that came along is an answer of somebody else's. */
const probersAnswer = z.strictObject({
  answer,
  hops: z.array(z.strictObject({ roleArn: text, stsRequestId: text, accessKeyId: text })).max(1),
});

function toAsked(invoked: Invoked): Asked<SeenSession> {
  if (invoked.state === 'FAILED') return { answer: toFailure(invoked), hops: [] };
  const { data } = probersAnswer.safeParse(invoked.answer);
  return data ?? { answer: unknown('UnreadableAnswer', 'the prober answered something else'), hops: [] };
}

/** The function itself being throttled is no word of STS's: the next probe may well be answered. */
const toFailure = ({ hasRun, errorCode, detail }: Extract<Invoked, { readonly state: 'FAILED' }>) =>
  hasRun
    ? unknown(errorCode, `the prober: ${detail}`)
    : ({ state: 'FAILED', cause: 'unreachable', errorCode, detail: `the prober: ${detail}` } as const);

const unknown = (errorCode: string, detail: string): StsFailure => ({ state: 'UNKNOWN', errorCode, detail });
