import * as z from 'zod';
import type { ProbeTask } from '../core/integrations/probe-integration.ts';
import type { Prober, ProberAnswer } from '../core/integrations/verify-ports.ts';
import type { StsFailure } from '../core/ports.ts';
import { type Invoked, type InvokeFunctionOptions, invokeFunction } from './invoke-function.ts';

/** The prober function, by an invocation for each probe. Never rejects. */
export function createLambdaProber(options: InvokeFunctionOptions): Required<Prober> {
  const ask =
    (probe: ProbeTask['probe']) =>
    async ({ integration }: Pick<ProbeTask, 'integration'>): Promise<ProberAnswer> =>
      toProberAnswer(await invokeFunction(options, { integration, probe } satisfies ProbeTask));
  return { probeWithoutExternalId: ask('no-id'), probeAsStranger: ask('stranger') };
}

const text = z.string();
const failed = { errorCode: text, detail: text, requestId: text.exactOptional() };

/** Strict: a secret that came along is an answer of somebody else's. */
const proberAnswer = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('ISSUED'),
    requestId: text,
    accessKeyId: text,
    expiration: z.iso.datetime().transform((written) => new Date(written)),
  }),
  z.strictObject({ state: z.literal('REFUSED'), ...failed }),
  z.strictObject({ state: z.literal('FAILED'), cause: z.enum(['throttled', 'unreachable']), ...failed }),
  z.strictObject({ state: z.literal('UNKNOWN'), ...failed }),
]);

function toProberAnswer(invoked: Invoked): ProberAnswer {
  if (invoked.state === 'FAILED') return toFailure(invoked);
  const { data } = proberAnswer.safeParse(invoked.answer);
  return data ?? unknown('UnreadableAnswer', 'the prober answered something else');
}

/** The function itself being throttled is no word of STS's: the next probe may well be answered. */
const toFailure = ({ hasRun, errorCode, detail }: Extract<Invoked, { readonly state: 'FAILED' }>) =>
  hasRun
    ? unknown(errorCode, `the prober: ${detail}`)
    : ({ state: 'FAILED', cause: 'unreachable', errorCode, detail: `the prober: ${detail}` } as const);

const unknown = (errorCode: string, detail: string): StsFailure => ({ state: 'UNKNOWN', errorCode, detail });
