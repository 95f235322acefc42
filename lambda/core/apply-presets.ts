import { oidcPresetNames, oidcPresets } from './oidc-presets.ts';

/** The document with what presets set written out; what is written beside a preset stands. */
export function applyPresets(document: unknown): unknown {
  const root = asObject(document);
  const issuers = asObject(root?.['issuers']);
  if (root === undefined || issuers === undefined) return document;
  const applied = Object.entries(issuers).map(([name, issuer]) => [name, applyPreset(issuer)]);
  return { ...root, issuers: Object.fromEntries(applied) };
}

function applyPreset(raw: unknown): unknown {
  const issuer = asObject(raw);
  const name = issuer?.['preset'];
  const preset = oidcPresetNames.find((one) => one === name);
  if (issuer === undefined || preset === undefined || issuer['type'] !== 'oidc') return raw;
  const { settings } = oidcPresets[preset];
  const claims = merge(settings.claims, issuer['claims']);
  // Added to, not replaced: else whoever requires one more claim would take another kind of token without knowing.
  const requiredClaims = merge(settings.requiredClaims ?? {}, issuer['requiredClaims']);
  return { ...settings, ...issuer, claims, requiredClaims };
}

/** Something written that is no object stays, to be reported. */
function merge(preset: object, written: unknown): unknown {
  const own = asObject(written ?? {});
  return own === undefined ? written : { ...preset, ...own };
}

const asObject = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
