import { compactVerify } from 'jose';
import { isLoopbackHost } from '../../../lambda/core/issuer-url.ts';
import { type JsonObject, parseJsonObject } from '../../../lambda/core/parse-json-object.ts';
import type { OidcProvider } from '../../world-providers.ts';
import { expiredToken, invalidIdentityToken } from './federated-attributes.ts';
import { fetchProviderKeys } from './oidc-provider-keys.ts';
import type { UnsignedCall } from './unsigned-call.ts';

/** A JWT of an IAM OIDC provider, verified. */
export interface WebIdentityToken {
  readonly provider: OidcProvider;
  readonly subject: string;
  /** The client: `azp` where the token has one, else `aud`. */
  readonly audience: string;
  /** `aud` beside an `azp`. */
  readonly otherAudiences: readonly string[];
  readonly claims: JsonObject;
}

/** Source: STS API reference, AssumeRoleWithWebIdentity. No PS*, no EdDSA. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** How far an identity provider's clock may be ahead. AWS publishes no number. */
const toleranceSeconds = 60;

/**
 * Finds the provider of the role's account that the token is from, and verifies the token with the keys which that
 * serves.
 */
export async function verifyWebIdentityToken(
  call: UnsignedCall,
  token: string,
  accountId: string,
): Promise<WebIdentityToken> {
  const unverified = readClaims(token.split('.')[1] ?? '');
  const issuer = requireText(unverified, 'iss');
  if (call.ownIssuers.has(issuer)) {
    throw invalidIdentityToken('Tokens that AWS STS issued are not accepted in the same partition');
  }
  const provider = findProvider(call, issuer, accountId);
  const claims = await verify(token, provider, issuer);
  const { audience, otherAudiences } = requireAudience(claims, provider);
  requireTimes(claims, call.nowMs);
  return { provider, subject: requireText(claims, 'sub'), audience, otherAudiences, claims };
}

/** Two readers of one text must see the same: a claim that's there twice is refused. */
function readClaims(payload: string): JsonObject {
  try {
    return parseJsonObject(
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(payload, 'base64url')),
    );
  } catch {
    throw invalidIdentityToken(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
}

/** By the URL without its scheme, as IAM names providers; or by the address where the world has it served. */
function findProvider({ world }: UnsignedCall, issuer: string, accountId: string): OidcProvider {
  const url = URL.parse(issuer);
  const isLocal = url !== null && isLoopbackHost(url.hostname);
  const provider = [...world.oidcProviders.values()].find(
    (candidate) =>
      candidate.accountId === accountId &&
      (issuer === `https://${candidate.name}` ||
        (isLocal && issuer === `http://${candidate.name}`) ||
        issuer === candidate.url),
  );
  if (provider !== undefined) return provider;
  throw invalidIdentityToken(`No OpenIDConnect provider found in your account for ${issuer}`);
}

async function verify(token: string, provider: OidcProvider, issuer: string): Promise<JsonObject> {
  const keys = await fetchProviderKeys(provider, issuer);
  try {
    const { payload } = await compactVerify(token, keys, { algorithms });
    return readClaims(Buffer.from(payload).toString('base64url'));
  } catch {
    throw invalidIdentityToken('The web identity token that was passed could not be validated');
  }
}

/** With an `azp`, that is the client, and `aud` isn't looked at: aws-sdk-net #3071 shows it. */
function requireAudience(
  claims: JsonObject,
  { clientIds }: OidcProvider,
): Pick<WebIdentityToken, 'audience' | 'otherAudiences'> {
  const audiences = toTexts(claims['aud']);
  if (audiences === undefined || audiences.length === 0)
    throw invalidIdentityToken('Missing a required claim: aud');
  const party = claims['azp'];
  if (party !== undefined && typeof party !== 'string') throw incorrectAudience();
  const audience = party ?? audiences.find((candidate) => clientIds.includes(candidate));
  if (audience === undefined || !clientIds.includes(audience)) throw incorrectAudience();
  return { audience, otherAudiences: party === undefined ? [] : audiences };
}

const incorrectAudience = () => invalidIdentityToken('Incorrect token audience');

function requireTimes(claims: JsonObject, nowMs: number): void {
  const now = Math.floor(nowMs / 1000);
  const expiry = requireTime(claims, 'exp');
  const issued = requireTime(claims, 'iat');
  const notBefore = claims['nbf'] === undefined ? issued : requireTime(claims, 'nbf');
  if (now >= expiry) {
    throw expiredToken(
      `Token expired: current date/time ${now} must be before the expiration date/time ${expiry}`,
    );
  }
  if (Math.max(issued, notBefore) > now + toleranceSeconds) {
    throw invalidIdentityToken(`Token is not valid before ${Math.max(issued, notBefore)}`);
  }
}

/** "Timestamps in the token must be formatted as either an integer or a long integer" (STS API reference). */
function requireTime(claims: JsonObject, name: string): number {
  const value = claims[name];
  if (value === undefined) throw invalidIdentityToken(`Missing a required claim: ${name}`);
  if (Number.isSafeInteger(value)) return Number(value);
  throw invalidIdentityToken(`The claim ${name} is not an integer`);
}

function requireText(claims: JsonObject, name: string): string {
  const value = claims[name];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidIdentityToken(`Missing a required claim: ${name}`);
}

/** One text or a list of texts; `undefined` for anything else. */
export function toTexts(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string') ? list : undefined;
}
