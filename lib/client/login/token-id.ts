import { sha256, toCanonicalJson } from '../../../lambda/core/sha256.ts';
import { readClaims } from './read-claims.ts';

/** What differs between two tokens of one caller: times, the token's own id, and when Kubernetes renews it. */
const changing: ReadonlySet<string> = new Set(['iat', 'nbf', 'exp', 'jti', 'warnafter']);

/**
 * Who is asking, as far as a token says. All other claims count: a runner that several jobs share holds tokens of one
 * subject whose claims may differ in what policy compares, and credentials of one job are not another's.
 */
export function toTokenId(token: string): string {
  const claims = readClaims(token);
  const lasting =
    claims === undefined
      ? token
      : toCanonicalJson(
          JSON.parse(JSON.stringify(claims, (name, value) => (changing.has(name) ? undefined : value))),
        );
  return `token:${sha256(lasting).toString('hex')}`;
}
