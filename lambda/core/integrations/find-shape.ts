import type { Integration, ProbeResult } from './integration.ts';
import { type ShapeName, toShapeNames } from './probe-shapes.ts';
import type { AskOwn } from './start-probing.ts';

/**
 * Asks with the right id as a real issuance would; where the role refuses that, without source identity, without
 * tags, and without both, to see which of them it does not allow.
 *
 * @returns what the role accepts, `undefined` where it refuses all; `real` where that could not be found out
 */
export async function findShape(
  integration: Integration,
  { externalId, askOwn }: { readonly externalId: string; readonly askOwn: AskOwn },
): Promise<ShapeName | undefined> {
  const seen = await insist(() => askOwn('right-id', 'accepted', { externalId, shape: 'real' }));
  if (seen !== 'refused') return 'real';
  for (const shape of toShapeNames(integration)) {
    if (shape === 'real') continue;
    const lesser = await askOwn(`right-id-${shape}`, 'accepted', { externalId, shape });
    if (lesser.seen === 'accepted') return shape;
  }
  return undefined;
}

/** IAM is eventually consistent: a refusal of what shall be accepted counts when it is repeated. */
export async function insist(ask: () => Promise<ProbeResult>): Promise<ProbeResult['seen']> {
  const { seen } = await ask();
  return seen === 'refused' ? (await ask()).seen : seen;
}
