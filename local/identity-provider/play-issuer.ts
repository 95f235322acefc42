import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JWK } from 'jose';
import { secretMembers } from '../../lambda/core/check-jwks.ts';
import type {
  IntegrationIssuer,
  Issuer,
  OidcIssuer,
  SamlIssuer,
  SigningAlgorithm,
} from '../../lambda/core/configuration.ts';
import type { LocalSettings } from '../compile-local-configuration.ts';
import type { WorldCaller } from '../world.ts';
import { createIntegrationIssuer } from './create-integration-issuer.ts';
import { createOidcIssuer } from './create-oidc-issuer.ts';
import { createSamlIssuer } from './create-saml-issuer.ts';
import { createSelfSignedCertificate } from './self-signed-certificate.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Those that have a counterpart: AWS identities have theirs in the embedded AWS. */
export type PlayableIssuer = OidcIssuer | SamlIssuer | IntegrationIssuer;

export interface PlayedIssuer {
  readonly name: string;
  readonly handle: RequestHandler;
  /** What the local configuration has in the place of the issuer's own settings. */
  readonly settings: LocalSettings;
  /** Where `npm run token` gets a caller's proof. */
  readonly endpoint: { readonly tokenEndpoint: string } | { readonly responseEndpoint: string };
}

export interface PlayOptions<Kind extends PlayableIssuer> {
  readonly issuer: Kind;
  /** Where this issuer is; below it stands all that it answers. */
  readonly url: string;
  readonly callers: ReadonlyMap<string, WorldCaller>;
  /** Private, one for each of `algorithmsOf(issuer)`. */
  readonly keys: readonly JWK[];
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export const isPlayable = (issuer: Issuer): issuer is PlayableIssuer => issuer.type !== 'iam';

/** What an issuer has keys for. Assertions are signed with RSA, which every service provider takes. */
export const algorithmsOf = (issuer: PlayableIssuer): readonly SigningAlgorithm[] =>
  issuer.type === 'saml' ? ['RS256'] : issuer.algorithms;

/** One issuer of the configuration, with the demo callers as those whom it vouches for. */
export function playIssuer({ issuer, ...options }: PlayOptions<PlayableIssuer>): PlayedIssuer {
  switch (issuer.type) {
    case 'oidc':
      return playOidcIssuer({ issuer, ...options });
    case 'saml':
      return playSamlIssuer({ issuer, ...options });
    case 'integration':
      return playIntegrationIssuer({ issuer, ...options });
  }
}

function playOidcIssuer(options: PlayOptions<OidcIssuer>): PlayedIssuer {
  const { issuer, url } = options;
  return {
    name: issuer.name,
    handle: createOidcIssuer(options),
    // Its keys are published here, whatever the configuration says of the real ones.
    settings: { issuer: url, jwks: undefined },
    endpoint: { tokenEndpoint: `${url}/token` },
  };
}

function playIntegrationIssuer(options: PlayOptions<IntegrationIssuer>): PlayedIssuer {
  const { issuer, url, keys } = options;
  return {
    name: issuer.name,
    handle: createIntegrationIssuer(options),
    settings: { jwks: { keys: keys.map(toPublicJwk) } },
    endpoint: { tokenEndpoint: `${url}/token` },
  };
}

function playSamlIssuer({ issuer, url, callers, keys, now }: PlayOptions<SamlIssuer>): PlayedIssuer {
  const [jwk] = keys;
  if (jwk === undefined) throw new TypeError(`no key for ${issuer.name}`);
  const privateKey = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  const publicKey = createPublicKey({ key: toPublicJwk(jwk) as JsonWebKey, format: 'jwk' });
  const certificate = createSelfSignedCertificate(
    { privateKey, publicKey },
    `daypass local ${issuer.name}`,
    validity,
  );
  const entityId = `${url}/metadata`;
  const singleSignOnUrl = `${url}/sso`;
  const saml = { entityId, singleSignOnUrl, certificate, privateKey };
  return {
    name: issuer.name,
    handle: createSamlIssuer({ name: issuer.name, saml, callers, now }),
    settings: { entityId, singleSignOnUrl, certificates: [certificate], metadataFile: undefined },
    endpoint: { responseEndpoint: `${url}/response` },
  };
}

/** As good as for ever, so that the key of a data directory has one certificate. */
const validity = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2046-01-01T00:00:00Z') };

const toPublicJwk = (jwk: JWK): JWK =>
  Object.fromEntries(Object.entries(jwk).filter(([member]) => !secretMembers.includes(member))) as JWK;
