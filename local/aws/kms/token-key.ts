import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from '../../../lambda/core/configuration.ts';
import { readIfPresent } from '../read-if-present.ts';

/** Fixed, so that whoever starts the broker knows its key before there is one. */
export const tokenKeyId = '5b7e0c52-3f0a-4d8c-9a57-6d1f2a90c4de';

export const toTokenKeyArn = ({
  partition,
  region,
  accountId,
}: Pick<Deployment, 'partition' | 'region' | 'accountId'>): string =>
  `arn:${partition}:kms:${region}:${accountId}:key/${tokenKeyId}`;

/** Of a key of the broker as an OIDC issuer: one for each name, known before there is one. */
export function toWebIdentityKeyArn(
  { partition, region, accountId }: Pick<Deployment, 'partition' | 'region' | 'accountId'>,
  name: string,
): string {
  const hex = createHash('sha256').update(`web-identity ${name}`).digest('hex');
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return `arn:${partition}:kms:${region}:${accountId}:key/${id.join('-')}`;
}

/** An RSA_2048 key for SIGN_VERIFY. */
export interface TokenKey {
  readonly arn: string;
  readonly accountId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface TokenKeys {
  /** `undefined` for any other ARN than a token key's of an account of the world and the further ones. Made when first asked for. */
  find(arn: string): TokenKey | undefined;
}

/** Keeps one key for each account, and the further ones, in the data directory, whose lock must be held. Whoever reads the file is the broker. */
export function createTokenKeys(options: {
  readonly dataDirectory: string;
  readonly region: string;
  readonly accountIds: readonly string[];
  /** ARNs of further keys, of accounts of the world. @default none */
  readonly furtherArns?: readonly string[];
}): TokenKeys {
  const { region, accountIds, furtherArns = [] } = options;
  const directory = join(options.dataDirectory, 'kms');
  const tokenKeyArns = accountIds.map((accountId) => toTokenKeyArn({ partition: 'aws', region, accountId }));
  const arns = new Map([...tokenKeyArns, ...furtherArns].map((arn) => [arn, arn.split(':')[4] ?? '']));
  const open = new Map<string, TokenKey>();
  return {
    find: (arn) => {
      const accountId = arns.get(arn);
      if (accountId === undefined) return undefined;
      const key = open.get(arn) ?? openTokenKey(directory, { arn, accountId });
      open.set(arn, key);
      return key;
    },
  };
}

function openTokenKey(directory: string, name: Pick<TokenKey, 'arn' | 'accountId'>): TokenKey {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const [, keyId = ''] = name.arn.split('/');
  const file = join(directory, `${keyId === tokenKeyId ? name.accountId : keyId}.pem`);
  const privateKey = createPrivateKey(readIfPresent(file) ?? createKey(file));
  return { ...name, privateKey, publicKey: createPublicKey(privateKey) };
}

function createKey(file: string): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  writeFileSync(file, privateKey, { flag: 'wx', mode: 0o600 });
  return privateKey;
}
