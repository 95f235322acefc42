import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Configuration, IntegrationIssuer, JsonWebKeySet } from '../configuration.ts';
import { toKeyThumbprint } from '../key-thumbprint.ts';
import type { Integration } from './integration.ts';

/**
 * The keys that a third party's tokens are verified with. Once its integration has had keys of its own they alone
 * count, and none where they were taken away; before that the configuration's do. A deleted one has none.
 *
 * @param integration of the issuer's name; `undefined` where the name was never used
 */
export function toKeysInForce(
  { jwks = noKeys }: Pick<IntegrationIssuer, 'jwks'>,
  integration: Pick<Integration, 'state' | 'jwks'> | undefined,
): JsonWebKeySet {
  return integration?.state === 'DELETED' ? noKeys : (integration?.jwks ?? jwks);
}

const noKeys: JsonWebKeySet = { keys: [] };

/** The issuer whose tokens an integration's keys verify; without it its keys would prove nobody. */
export function findIntegrationIssuer(
  name: string | undefined,
  { issuers }: Pick<Configuration, 'issuers'>,
): IntegrationIssuer | undefined {
  const issuer = name === undefined ? undefined : issuers.get(name);
  return issuer?.type === 'integration' ? issuer : undefined;
}

/** @param jwks public keys that were checked when they were written */
export const holdsKey = ({ keys }: JsonWebKeySet, thumbprint: string): boolean =>
  keys.some(
    (jwk) => toKeyThumbprint(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })) === thumbprint,
  );
