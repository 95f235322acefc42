import { type LoopbackIssuer, startLoopbackIssuer } from '../support/loopback-issuer.ts';
import { startLoopbackServer } from '../support/loopback-server.ts';
import { anEcKey, anRsaKey, compact, type ForgingKey, type Signer, signer } from './forge.ts';
import { configurationDocument } from './issuer-documents.ts';

/** Those of `configurationDocument` that sign tokens, and the broker itself. */
export const issuerNames = [
  'okta',
  'contractors',
  'partner',
  'ministry',
  'github-actions',
  'cluster',
  'cognito',
  'entra',
  'google',
  'acme',
  'globex',
  'daypass',
] as const;

export type IssuerName = (typeof issuerNames)[number];

export type Members = Readonly<Record<string, unknown>>;

/** One issuer as its own people know it. */
export interface AttackedIssuer {
  readonly iss: string;
  /** Its one good key. All of them have the id `one`. */
  readonly key: ForgingKey;
  /** Of a token that is accepted. */
  readonly claims: Members;
  /** Of such a token beside `alg` and `kid`. */
  readonly header: Members;
}

/** Real issuers, their keys, and an attacker who has keys and a server of its own. */
export interface AttackWorld {
  /** The configuration of the broker under attack. */
  readonly document: object;
  readonly brokerUrl: string;
  /** KMS as far as it answers GetPublicKey, for the broker's own key. */
  readonly kms: { readonly url: string; readonly keyArn: string; readonly requests: readonly unknown[] };
  readonly issuers: Readonly<Record<IssuerName, AttackedIssuer>>;
  /** Published by okta, each with something wrong with it. */
  readonly weak: Readonly<Record<WeakKey, ForgingKey>>;
  /** Published by nobody. Both have the id `one`. */
  readonly attacker: { readonly rsa: ForgingKey; readonly ec: ForgingKey; readonly url: string };
  /** Epoch seconds at which the world was made. */
  readonly nowSeconds: number;
  /** Every request at any of the issuers, in their order. */
  readonly issuerRequests: () => readonly string[];
  readonly attackerRequests: () => readonly string[];
  close(): Promise<void>;
}

/** Changes to a good token. A member of `undefined` is left out. */
export interface Changes {
  readonly claims?: Members;
  readonly header?: Members;
  readonly signer?: Signer;
  /** The text of the payload, in place of the claims. */
  readonly payload?: string | Uint8Array;
  /** The text of the header. */
  readonly head?: string | Uint8Array;
}

/** A good token of an issuer, with changes, under a signature that its own key really made. */
export function tokenOf(world: AttackWorld, name: IssuerName, changes: Changes = {}): string {
  const { key, claims, header } = world.issuers[name];
  const { alg, kid } = key.jwk;
  return compact(
    changes.head ?? { alg, kid, ...header, ...changes.header },
    changes.payload ?? { ...claims, ...changes.claims },
    changes.signer ?? signer(key, alg === 'ES384' ? 'sha384' : 'sha256'),
  );
}

/** The text of a good payload with more text before its first member. */
export const payloadWith = (world: AttackWorld, name: IssuerName, text: string): string =>
  `{${text},${JSON.stringify(world.issuers[name].claims).slice(1)}`;

const weakKeys = ['small', 'encryption', 'pss', 'private', 'signs-only', 'twice', 'hmac'] as const;
type WeakKey = (typeof weakKeys)[number];

export async function startAttackWorld(): Promise<AttackWorld> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const brokerUrl = 'https://broker.example/prod';
  const keys = aKeyEach();
  const weak = someWeakKeys();
  const [okta, contractors, partner, ministry, attacker] = await Promise.all([
    startLoopbackIssuer([keys.okta.jwk, ...toPublished(weak)]),
    startLoopbackIssuer([keys.contractors.jwk]),
    startLoopbackIssuer([keys.partner.jwk]),
    startLoopbackIssuer([keys.ministry.jwk]),
    startLoopbackIssuer(),
  ]);
  const kms = await startKms(keys.daypass);
  const loopback = { okta, contractors, partner, ministry };
  const forged = { rsa: anRsaKey('one'), ec: anEcKey('one', 'ES256') };
  // The attacker's server is a whole issuer: whoever asks it believes it.
  attacker.publish([forged.rsa.jwk, { ...forged.ec.jwk, kid: 'two' }]);
  const iss = { ...toUrls(loopback), ...fixedIssuers, daypass: brokerUrl };
  return {
    document: configurationDocument({ iss, keys }),
    brokerUrl,
    kms: { url: kms.url, keyArn: tokenKeyArn, requests: kms.requests },
    issuers: toIssuers({ iss, keys, nowSeconds }),
    weak,
    attacker: { ...forged, url: attacker.url },
    nowSeconds,
    issuerRequests: () => Object.values(loopback).flatMap(({ requests }) => requests),
    attackerRequests: () => attacker.requests,
    close: async () => {
      await Promise.all([...Object.values(loopback), attacker, kms].map((server) => server.close()));
    },
  };
}

/** Its id is the key id that the broker's tokens have. */
const tokenKeyArn = 'arn:aws:kms:eu-west-1:111111111111:key/one';

async function startKms({ publicKey }: ForgingKey) {
  const server = await startLoopbackServer();
  const answer = {
    KeyId: tokenKeyArn,
    KeySpec: 'RSA_2048',
    KeyUsage: 'SIGN_VERIFY',
    PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    SigningAlgorithms: ['RSASSA_PKCS1_V1_5_SHA_256'],
  };
  server.respond((response) =>
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer)),
  );
  return server;
}

export type Keys = Readonly<Record<IssuerName, ForgingKey>>;
export type Urls = Readonly<Record<IssuerName, string>>;

/** Presets have their real issuers; the keys of those stand in the configuration. */
const fixedIssuers = {
  'github-actions': 'https://token.actions.githubusercontent.com',
  cluster: 'https://kubernetes.default.svc.cluster.local',
  cognito: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example12',
  entra: 'https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0',
  google: 'https://accounts.google.com',
  acme: 'acme',
  globex: 'globex',
} as const;

function toUrls<Name extends string>(servers: Readonly<Record<Name, LoopbackIssuer>>) {
  const urls = Object.entries<LoopbackIssuer>(servers).map(([name, { url }]) => [name, url]);
  return Object.fromEntries(urls) as Readonly<Record<Name, string>>;
}

function aKeyEach(): Keys {
  const toKey = (name: IssuerName) => {
    if (name === 'partner' || name === 'acme') return anEcKey('one', 'ES256');
    return name === 'ministry' ? anEcKey('one', 'ES384') : anRsaKey('one');
  };
  return Object.fromEntries(issuerNames.map((name) => [name, toKey(name)])) as Record<IssuerName, ForgingKey>;
}

function someWeakKeys(): AttackWorld['weak'] {
  const toKey = (name: WeakKey) => anRsaKey(name, name === 'small' ? 1024 : 2048);
  return Object.fromEntries(weakKeys.map((name) => [name, toKey(name)])) as Record<WeakKey, ForgingKey>;
}

/** The secret of the one key that a careless issuer would share. */
export const publishedSecret = Buffer.alloc(32, 7);

function toPublished(weak: AttackWorld['weak']) {
  const k = publishedSecret.toString('base64url');
  return [
    weak.small.jwk,
    { ...weak.encryption.jwk, use: 'enc' },
    { ...weak.pss.jwk, alg: 'PS256' },
    weak.private.privateKey.export({ format: 'jwk' }),
    { ...weak['signs-only'].jwk, key_ops: ['sign'] },
    weak.twice.jwk,
    { ...weak.twice.jwk, n: weak.encryption.jwk.n },
    { kty: 'oct', k, kid: 'hmac', alg: 'RS256', use: 'sig' },
  ].map((jwk) => ('d' in jwk ? { ...jwk, kid: 'private', alg: 'RS256', use: 'sig' } : jwk)) as never;
}

function toIssuers({
  iss,
  keys,
  nowSeconds,
}: {
  readonly iss: Urls;
  readonly keys: Keys;
  readonly nowSeconds: number;
}): AttackWorld['issuers'] {
  const times = { iat: nowSeconds - 10, exp: nowSeconds + 290 };
  const more: Readonly<Record<IssuerName, Members>> = {
    okta: { sub: 'alice', aud: 'daypass', groups: ['sre'], team: 'payments', level: 3, amr: ['mfa'] },
    contractors: { sub: 'bob', aud: 'daypass' },
    partner: { sub: 'reports', aud: 'daypass', tenant: { id: '1234567' } },
    ministry: { sub: 'clerk', aud: ['daypass', 'https://broker.example'] },
    'github-actions': {
      sub: 'repo:example/shop:ref:refs/heads/main',
      aud: 'https://daypass.example.com',
      repository: 'example/shop',
      repository_owner: 'example',
      repository_owner_id: '1234567',
      ref: 'refs/heads/main',
    },
    cluster: {
      sub: 'system:serviceaccount:web:api',
      aud: ['daypass'],
      nbf: nowSeconds - 10,
      'kubernetes.io': { namespace: 'web', serviceaccount: { name: 'api', uid: '5d3e' } },
    },
    // An access token of Cognito has no aud.
    cognito: {
      sub: '9f0c1f2a-5b7e-4a39-8f5e-000000000001',
      client_id: '1example23456789',
      token_use: 'access',
      username: 'alice',
      'cognito:groups': ['sre'],
    },
    entra: {
      sub: 'pairwise-of-one-application',
      oid: '00000000-0000-0000-66f3-3332eca7ea81',
      tid: '72f988bf-86f1-41af-91ab-2d7cd011db47',
      aud: '6e74172b-be56-4843-9ff4-e66a39bb12e3',
      ver: '2.0',
      idtyp: 'user',
    },
    google: {
      sub: '110169484474386276334',
      aud: 'daypass.apps.example',
      hd: 'example.com',
      email_verified: true,
    },
    acme: { sub: 'acme', aud: brokerAudience, jti: 'proof-1' },
    globex: { sub: 'globex', aud: brokerAudience, jti: 'proof-1' },
    daypass: {
      sub: 'alice@example.com',
      aud: iss.daypass,
      jti: 'token-1',
      principal: {
        issuer: 'adfs',
        subject: 'alice@example.com',
        claims: { groups: ['sre'] },
        mfa: true,
        issuedAt: times.iat,
        expiresAt: times.exp,
      },
    },
  };
  const toIssuer = (name: IssuerName): AttackedIssuer => ({
    iss: iss[name],
    key: keys[name],
    claims: { iss: iss[name], ...times, ...more[name] },
    header: name === 'daypass' ? { typ: 'daypass+jwt' } : { typ: 'JWT' },
  });
  return Object.fromEntries(issuerNames.map((name) => [name, toIssuer(name)])) as Record<
    IssuerName,
    AttackedIssuer
  >;
}

export const brokerAudience = 'https://broker.example/v1';
