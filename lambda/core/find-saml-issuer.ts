import type { Issuer, SamlIssuer } from './configuration.ts';
import { SamlIssuerNotFoundError } from './errors.ts';

/**
 * The issuer to sign in with.
 *
 * @param name `undefined` for the only one there is
 * @throws SamlIssuerNotFoundError that names those there are
 */
export function findSamlIssuer(issuers: ReadonlyMap<string, Issuer>, name: string | undefined): SamlIssuer {
  const all = [...issuers.values()].filter((issuer): issuer is SamlIssuer => issuer.type === 'saml');
  const [found, ...others] = name === undefined ? all : all.filter((issuer) => issuer.name === name);
  if (found !== undefined && others.length === 0) return found;
  const names = all.map((issuer) => issuer.name);
  const what = name === undefined ? 'the query names no issuer' : 'no issuer of type saml has that name';
  const allowed = names.length === 0 ? 'none, this broker has no issuer of type saml' : names.join(', ');
  throw new SamlIssuerNotFoundError(`${what}; allowed: ${allowed}`, { extensions: { issuers: names } });
}
