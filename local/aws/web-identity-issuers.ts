import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isLoopbackHost } from '../../lambda/core/issuer-url.ts';
import { readIfPresent } from './read-if-present.ts';

export const webIdentityPath = '/_local/web-identity/';

export const webIdentityAlgorithms = ['RS256', 'ES384'] as const;
export type WebIdentityAlgorithm = (typeof webIdentityAlgorithms)[number];

/** The issuers of GetWebIdentityToken: one for each account, as on AWS. */
export interface OwnIssuers {
  /** Whether a token with this `iss` claims to be one of ours, whatever this machine is called in it. */
  has(issuer: string): boolean;
  issuerOf(accountId: string): string;
  sign(accountId: string, algorithm: WebIdentityAlgorithm, claims: object): string;
  /** The account's discovery document or key set; `undefined` for an account that is none of these. */
  document(accountId: string, name: 'discovery' | 'keys'): unknown;
}

/** Keeps the accounts' keys in the data directory, whose lock must be held; made when first asked for. */
export function createOwnIssuers(options: {
  readonly dataDirectory: string;
  readonly accountIds: readonly string[];
  /** The embedded AWS's own address, once it listens. */
  readonly url: () => string;
}): OwnIssuers {
  const { accountIds, url } = options;
  const directory = join(options.dataDirectory, 'web-identity');
  const open = new Map<string, SigningKey>();
  const keyOf = (accountId: string, algorithm: WebIdentityAlgorithm): SigningKey => {
    const name = `${accountId}-${algorithm}`;
    const key = open.get(name) ?? openKey(directory, name, algorithm);
    open.set(name, key);
    return key;
  };
  const issuerOf = (accountId: string) => `${url()}${webIdentityPath}${accountId}`;
  return {
    has: (issuer) => {
      const claimed = URL.parse(issuer);
      return (
        claimed !== null &&
        isLoopbackHost(claimed.hostname) &&
        claimed.port === new URL(url()).port &&
        claimed.pathname.startsWith(webIdentityPath)
      );
    },
    issuerOf,
    sign: (accountId, algorithm, claims) => signToken(keyOf(accountId, algorithm), claims),
    document: (accountId, name) => {
      if (!accountIds.includes(accountId)) return undefined;
      const issuer = issuerOf(accountId);
      return name === 'discovery'
        ? toDiscovery(issuer)
        : { keys: webIdentityAlgorithms.map((algorithm) => toJwk(keyOf(accountId, algorithm))) };
    },
  };
}

const toDiscovery = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: webIdentityAlgorithms,
});

interface SigningKey {
  readonly keyId: string;
  readonly algorithm: WebIdentityAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const toJwk = ({ keyId, algorithm, publicKey }: SigningKey) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid: keyId,
  alg: algorithm,
  use: 'sig',
});

function signToken({ keyId, algorithm, privateKey }: SigningKey, claims: object): string {
  const input = [{ alg: algorithm, kid: keyId, typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const hash = algorithm === 'RS256' ? 'sha256' : 'sha384';
  // The pair of numbers that JWS has for ECDSA, not DER. RSA pays no heed to it.
  const signature = sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function openKey(directory: string, name: string, algorithm: WebIdentityAlgorithm): SigningKey {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, `${name}.pem`);
  const privateKey = createPrivateKey(readIfPresent(file) ?? createKey(file, algorithm));
  const publicKey = createPublicKey(privateKey);
  const keyId = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url');
  return { keyId, algorithm, privateKey, publicKey };
}

function createKey(file: string, algorithm: WebIdentityAlgorithm): string {
  const { privateKey } =
    algorithm === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const text = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  return text;
}
