import { type TokenRefusal, TokenRefusedError } from './authentication-errors.ts';
import { type JsonObject, parseJsonObject } from './parse-json-object.ts';

/** A token as it was sent: read, and nothing of it believed. */
export interface UnverifiedToken {
  /** The three parts that the signature binds, as sent. */
  readonly compact: string;
  readonly algorithm: string;
  /** Compared with the ids of the issuer's keys; never part of a path, a query or a log line. */
  readonly keyId: string | undefined;
  /** In lower case and without `application/` (RFC 7515 §4.1.9). */
  readonly type: string | undefined;
  readonly claims: JsonObject;
}

/** Characters. API Gateway takes 10,240 bytes of headers in all. */
export const maxTokenLength = 8192;

/** Characters: longer than any issuer's, and short enough to compare. */
const maxKeyIdLength = 256;

/**
 * Reads a compact JWS strictly, so that no other reader of the same token could see anything else in it.
 * `jku`, `x5u`, `jwk`, `x5c` and `x5t` are left alone: real issuers send them, and keys come from the configured
 * issuer alone.
 *
 * @throws TokenRefusedError
 */
export function readToken(compact: string): UnverifiedToken {
  if (compact.length > maxTokenLength) refuse('malformed-token', `longer than ${maxTokenLength} characters`);
  const parts = compact.split('.');
  if (parts.length === 5) refuse('unsupported-token', 'encrypted (five parts)');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) {
    return refuse('malformed-token', 'not three non-empty parts');
  }
  decode(signature, 'signature');
  return { compact, ...readHeader(parse(header, 'header')), claims: parse(payload, 'payload') };
}

function readHeader(header: JsonObject): Pick<UnverifiedToken, 'algorithm' | 'keyId' | 'type'> {
  // RFC 7515 §4.1.11: an extension that the issuer calls critical and that is not understood. None is.
  if (header['crit'] !== undefined) refuse('unsupported-token', 'header has crit');
  if (header['b64'] !== undefined) refuse('unsupported-token', 'header has b64');
  if (header['enc'] !== undefined) refuse('unsupported-token', 'encrypted (header has enc)');
  // RFC 7516's compression means nothing in a JWS; a reader that inflates would see another payload.
  if (header['zip'] !== undefined) refuse('unsupported-token', 'compressed (header has zip)');
  if (header['cty'] !== undefined) refuse('unsupported-token', 'nested (header has cty)');
  const algorithm = header['alg'];
  if (typeof algorithm !== 'string') return refuse('malformed-token', 'header has no alg that is a string');
  return { algorithm, keyId: readKeyId(header['kid']), type: readType(header['typ']) };
}

function readKeyId(keyId: unknown): string | undefined {
  if (keyId === undefined) return undefined;
  if (typeof keyId === 'string' && keyId.length > 0 && keyId.length <= maxKeyIdLength) return keyId;
  return refuse('malformed-token', `kid is not a string of 1–${maxKeyIdLength} characters`);
}

function readType(type: unknown): string | undefined {
  if (type === undefined) return undefined;
  // ASCII alone: the lower case of U+212A (Kelvin sign) is "k".
  if (typeof type !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(type)) {
    return refuse('malformed-token', 'typ is not a string of 1–128 printable ASCII characters');
  }
  return type.toLowerCase().replace(/^application\//, '');
}

function parse(part: string, name: string): JsonObject {
  const bytes = decode(part, name);
  try {
    return parseJsonObject(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // The parser's own message would quote the token.
    return refuse('malformed-token', `${name} is not UTF-8 JSON of one object with distinct keys`);
  }
}

/** One text for each byte string: decoders that skip padding, spare bits or foreign characters give a token many. */
function decode(part: string, name: string): Uint8Array {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part) refuse('malformed-token', `${name} is not canonical base64url`);
  return bytes;
}

function refuse(reason: TokenRefusal, detail: string): never {
  throw new TokenRefusedError(reason, { detail });
}
