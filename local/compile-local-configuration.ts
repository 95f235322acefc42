/** Settings that take the place of an issuer's own; `undefined` leaves one out. */
export type LocalSettings = Readonly<Record<string, unknown>>;

/**
 * A configuration's document, unchanged but for one thing: the issuers that are played here get the addresses and the
 * keys that they have here, so that proofs, discovery and decisions go the same way as when deployed.
 *
 * @param settings by the issuer's name
 */
export function compileLocalConfiguration(
  document: unknown,
  settings: ReadonlyMap<string, LocalSettings>,
): unknown {
  const { issuers, ...rest } = document as { readonly issuers: Readonly<Record<string, object>> };
  const local = Object.entries(issuers).map(([name, issuer]) => [
    name,
    withoutUndefined({ ...issuer, ...settings.get(name) }),
  ]);
  return { ...rest, issuers: Object.fromEntries(local) };
}

const withoutUndefined = (issuer: object) =>
  Object.fromEntries(Object.entries(issuer).filter(([, value]) => value !== undefined));
