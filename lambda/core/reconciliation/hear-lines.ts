import type { Found } from './complete-row.ts';
import type { HearLine } from './hear-line.ts';
import type { GatewayLine } from './reconciliation-ports.ts';

export interface Heard {
  readonly found: readonly Found[];
  /** Why lines were not kept, or not compared: they have to come again, and to repeat the others is harmless. */
  readonly failures: readonly unknown[];
}

const atOnce = 16;

/**
 * All lines of a delivery. First each is kept: a delivery comes three times at most, and a line that is there when its row is looked at is
 * as good as one that was compared. One that fails stops no other.
 */
export async function hearLines(
  lines: readonly GatewayLine[],
  { hearLine, hasTime }: { readonly hearLine: HearLine; readonly hasTime: () => boolean },
): Promise<Heard> {
  const kept = await inBatches(lines, hasTime, async (line) => {
    await hearLine.keep(line);
    return line;
  });
  const compared = await inBatches(kept.done, hasTime, hearLine.compare);
  return { found: compared.done.flat(), failures: [...kept.failures, ...compared.failures] };
}

async function inBatches<Item, Result>(
  items: readonly Item[],
  hasTime: () => boolean,
  handle: (item: Item) => Promise<Result>,
): Promise<{ readonly done: readonly Result[]; readonly failures: readonly unknown[] }> {
  const done: Result[] = [];
  const failures: unknown[] = [];
  for (let index = 0; index < items.length; index += atOnce) {
    if (!hasTime()) return { done, failures: [...failures, new Error('there was no time for all lines')] };
    for (const one of await Promise.allSettled(items.slice(index, index + atOnce).map(handle))) {
      if (one.status === 'fulfilled') done.push(one.value);
      else failures.push(one.reason);
    }
  }
  return { done, failures };
}
