import { compileTemplate, renderTemplate } from '../template.ts';
import type { Integration } from './integration.ts';

/**
 * The source identity of every probe, whoever asks for it, so that a manager's proof and the schedule's are of one
 * request. No issuer of the configuration has the name before the dot.
 */
export const probeSourceIdentity = 'daypass.probe';

/** In the place of whatever a session tag's template takes from a caller: there is none. */
export const probeTagValue = 'probe';

/** What of a real issuance a probe leaves out. A trust policy can look at each, so each is a question of its own. */
export const shapeNames = ['real', 'without-source-identity', 'without-session-tags', 'bare'] as const;

export type ShapeName = (typeof shapeNames)[number];

/** Which parts of a real issuance a probe sends along. */
export interface ProbeShape {
  readonly sourceIdentity?: string;
  readonly sessionTags: Readonly<Record<string, string>>;
}

type Sending = Pick<Integration, 'setSourceIdentity' | 'sessionTags'>;

/** Those that differ for this integration: what it never sends cannot be left out. */
export function toShapeNames({
  setSourceIdentity,
  sessionTags,
}: Sending): readonly [ShapeName, ...ShapeName[]] {
  const isTagged = Object.keys(sessionTags).length > 0;
  return [
    'real',
    ...(setSourceIdentity ? (['without-source-identity'] as const) : []),
    ...(isTagged ? (['without-session-tags'] as const) : []),
    ...(setSourceIdentity && isTagged ? (['bare'] as const) : []),
  ];
}

export function toShape({ setSourceIdentity, sessionTags }: Sending, name: ShapeName): ProbeShape {
  const isNamed = setSourceIdentity && (name === 'real' || name === 'without-session-tags');
  const isTagged = name === 'real' || name === 'without-source-identity';
  return {
    ...(isNamed ? { sourceIdentity: probeSourceIdentity } : {}),
    sessionTags: isTagged ? toProbeTags(sessionTags) : {},
  };
}

const toProbeTags = (sessionTags: Integration['sessionTags']): ProbeShape['sessionTags'] =>
  Object.fromEntries(Object.entries(sessionTags).map(([key, template]) => [key, toProbeValue(template)]));

function toProbeValue(text: string): string {
  const compiled = compileTemplate(text);
  if ('refused' in compiled) throw new TypeError('a session tag of the integration is no template');
  const rendered = renderTemplate(
    compiled.template,
    () => probeTagValue,
    () => true,
  );
  if (!('text' in rendered)) throw new TypeError('a session tag of the integration could not be filled in');
  return rendered.text;
}
