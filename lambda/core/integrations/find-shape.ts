import type { Integration } from './integration.ts';
import { type ProbeShape, toRealShape } from './plan-probe.ts';
import type { AskOwn } from './start-probing.ts';

/**
 * Asks with the right id as a real issuance would; where the role refuses that, without source identity, without
 * tags, and without both, to see which of them it does not allow.
 *
 * @returns what the role accepts, so that the wrong ids are refused for being wrong alone; as a real issuance, where it
 * accepts nothing
 */
export async function findShape({
  integration,
  rightId: externalId,
  askOwn,
}: {
  readonly integration: Integration;
  readonly rightId: string;
  readonly askOwn: AskOwn;
}): Promise<ProbeShape> {
  const real = toRealShape(integration);
  const first = await askOwn('right-id', 'accepted', { externalId, shape: real });
  if (first.seen !== 'refused') return real;
  const isTagged = Object.keys(real.sessionTags).length > 0;
  const lesser = [
    real.setSourceIdentity &&
      ({ kind: 'right-id-without-source-identity', shape: { ...real, setSourceIdentity: false } } as const),
    isTagged && ({ kind: 'right-id-without-session-tags', shape: { ...real, sessionTags: {} } } as const),
    real.setSourceIdentity &&
      isTagged &&
      ({ kind: 'right-id-bare', shape: { setSourceIdentity: false, sessionTags: {} } } as const),
  ].filter((one) => one !== false);
  for (const { kind, shape } of lesser) {
    const { seen } = await askOwn(kind, 'accepted', { externalId, shape });
    if (seen === 'accepted') return shape;
  }
  return real;
}
