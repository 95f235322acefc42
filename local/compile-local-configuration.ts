/**
 * A configuration's document, unchanged but for one thing: the issuers that are played here get their addresses
 * here, so that tokens, discovery and decisions go the same way as when deployed.
 */
export function compileLocalConfiguration(
  document: unknown,
  issuerUrls: ReadonlyMap<string, string>,
): unknown {
  const { issuers, ...rest } = document as { readonly issuers: Readonly<Record<string, object>> };
  const local = Object.entries(issuers).map(([name, issuer]) => {
    const url = issuerUrls.get(name);
    return [name, url === undefined ? issuer : { ...issuer, issuer: url }];
  });
  return { ...rest, issuers: Object.fromEntries(local) };
}
