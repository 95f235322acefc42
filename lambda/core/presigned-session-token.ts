import { InvalidRequestError } from './errors.ts';
import { stsLimits } from './sts-limits.ts';

/** A GetSessionToken that its caller presigned, taken apart: whoever has it can have the session. In no row, log or error. */
export interface PresignedSessionToken {
  /** Where it goes: one of ours, never the text that came in. */
  readonly origin: string;
  /** The key that it says it is signed with. Unproven until STS has looked. */
  readonly accessKeyId: string;
  /** Absent where the request has none: STS gives `stsLimits.defaultSessionSeconds` then. */
  readonly durationSeconds?: number;
  /** All of its parameters, decoded. */
  readonly parameters: PresignedParameters;
}

export interface PresignedParameters {
  readonly Action: 'GetSessionToken';
  readonly Version: '2011-06-15';
  readonly DurationSeconds?: string;
  readonly SerialNumber: string;
  readonly TokenCode: string;
  readonly 'X-Amz-Algorithm': 'AWS4-HMAC-SHA256';
  readonly 'X-Amz-Credential': string;
  readonly 'X-Amz-Date': string;
  readonly 'X-Amz-Expires': string;
  readonly 'X-Amz-SignedHeaders': 'host';
  readonly 'X-Amz-Signature': string;
}

export interface PresignedLimits {
  /** Scheme, host and port of the STS endpoints that are called, without a slash at the end. */
  readonly origins: readonly string[];
  /** The one in whose scope those endpoints take signatures. */
  readonly region: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
}

/** Characters: nothing that is right has more than about 1500. */
export const maxPresignedUrl = 2048;

/** Milliseconds either way: what STS grants the clock of whoever signs. */
const maxSkewMs = 900_000;

/**
 * Reads a presigned request as a text of which each character is expected: no URL parser stands between what is checked
 * and what is sent, and nothing but values of these shapes is carried over.
 *
 * @throws InvalidRequestError that says what is allowed, and repeats nothing of the request
 */
export function parsePresignedSessionToken(url: string, limits: PresignedLimits): PresignedSessionToken {
  const origin = limits.origins.find((one) => url.startsWith(`${one}/?`));
  if (origin === undefined || url.length > maxPresignedUrl) {
    throw refuse(`${limits.origins.join(' or ')}/? and the query, ${maxPresignedUrl} characters at most`);
  }
  const { accessKeyId, ...values } = readValues(readQuery(url.slice(`${origin}/?`.length)), limits);
  const { DurationSeconds } = values;
  return {
    origin,
    accessKeyId,
    ...(DurationSeconds === undefined ? {} : { durationSeconds: Number(DurationSeconds) }),
    parameters: { ...constants, ...values },
  };
}

const constants = {
  Action: 'GetSessionToken',
  Version: '2011-06-15',
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
  // Of other headers the relay could send other values than were signed.
  'X-Amz-SignedHeaders': 'host',
} as const;

const { min: minSeconds, max: maxSeconds } = stsLimits.longTermKeyDuration;

/** Seconds: seven days. Source: IAM guide, "Authentication methods" of AWS API request signing (SigV4 in a query). */
const maxExpires = 604_800;

const expiresAllowed = `1–${maxExpires} seconds`;

const shapes = {
  SerialNumber: [/^[\w+=/:,.@-]{9,256}$/, 'the serial number or ARN of an MFA device, 9–256 characters'],
  TokenCode: [/^[0-9]{6}$/, 'the six digits that the device shows'],
  'X-Amz-Credential': [
    /^[A-Z0-9]{16,128}\/[0-9]{8}\/[a-z0-9-]{1,32}\/sts\/aws4_request$/,
    '<access key id>/<date>/<region>/sts/aws4_request',
  ],
  'X-Amz-Date': [/^[0-9]{8}T[0-9]{6}Z$/, 'an instant such as 20261121T080000Z'],
  'X-Amz-Expires': [/^[1-9][0-9]{0,5}$/, expiresAllowed],
  'X-Amz-Signature': [/^[0-9a-f]{64}$/, '64 hexadecimal digits'],
} as const satisfies Readonly<Record<string, readonly [RegExp, string]>>;

type Shaped = keyof typeof shapes;

const durationSecondsAllowed = `${minSeconds}–${maxSeconds}, or none`;

const names: ReadonlySet<string> = new Set([
  ...Object.keys(constants),
  ...Object.keys(shapes),
  'DurationSeconds',
]);

/** Encoded once, in the one way of a canonical request; `+`, which is a space to some, not at all. */
const pair = /^([A-Za-z-]{1,32})=((?:[\w.~-]|%[2-7][0-9A-F])*)$/;

function readQuery(query: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of query.split('&')) {
    const [, name = '', encoded = ''] = pair.exec(part) ?? [];
    // A name in another case is another's parameter to some readers and the same one to others.
    if (!names.has(name) || found.has(name)) {
      throw refuse(
        `each of the parameters ${[...names].join(', ')} once, DurationSeconds optional, and no other`,
      );
    }
    const value = decodeURIComponent(encoded);
    if (encodeUnreserved(value) !== encoded) throw refuse('values that are encoded once, as RFC 3986 has it');
    found.set(name, value);
  }
  return found;
}

function readValues(
  query: ReadonlyMap<string, string>,
  { region, nowMs }: PresignedLimits,
): Record<Shaped, string> & { readonly accessKeyId: string; readonly DurationSeconds?: string } {
  for (const [name, constant] of Object.entries(constants)) {
    if (query.get(name) !== constant) throw refuse(`${name}=${constant}`);
  }
  const values = {
    SerialNumber: requireShape(query, 'SerialNumber'),
    TokenCode: requireShape(query, 'TokenCode'),
    'X-Amz-Credential': requireShape(query, 'X-Amz-Credential'),
    'X-Amz-Date': requireShape(query, 'X-Amz-Date'),
    'X-Amz-Expires': requireShape(query, 'X-Amz-Expires'),
    'X-Amz-Signature': requireShape(query, 'X-Amz-Signature'),
  };
  const [accessKeyId = '', date, ofRegion] = values['X-Amz-Credential'].split('/');
  if (ofRegion !== region || date !== values['X-Amz-Date'].slice(0, 8)) {
    throw refuse(`X-Amz-Credential=<access key id>/<the day of X-Amz-Date>/${region}/sts/aws4_request`);
  }
  requireFresh(values, nowMs);
  const durationSeconds = query.get('DurationSeconds');
  if (durationSeconds === undefined) return { ...values, accessKeyId };
  requireDuration(durationSeconds);
  return { ...values, accessKeyId, DurationSeconds: durationSeconds };
}

function requireShape(query: ReadonlyMap<string, string>, name: Shaped): string {
  const [pattern, allowed] = shapes[name];
  const value = query.get(name) ?? '';
  if (pattern.test(value)) return value;
  throw refuse(`${name} as ${allowed}`);
}

/** What STS would refuse for its age is known here without a row and a code that is used up. */
function requireFresh(values: Readonly<Record<'X-Amz-Date' | 'X-Amz-Expires', string>>, nowMs: number): void {
  if (Number(values['X-Amz-Expires']) > maxExpires) throw refuse(`X-Amz-Expires as ${expiresAllowed}`);
  const signedAtMs = Date.parse(
    values['X-Amz-Date'].replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  const lifetimeMs = Math.min(Number(values['X-Amz-Expires']) * 1000, maxSkewMs);
  // False for what is no instant.
  if (signedAtMs - maxSkewMs <= nowMs && nowMs < signedAtMs + lifetimeMs) return;
  throw refuse(
    'a request that was signed now: AWS STS takes one for 15 minutes at most, or for X-Amz-Expires',
  );
}

function requireDuration(value: string): void {
  if (/^[1-9][0-9]{2,5}$/.test(value) && Number(value) >= minSeconds && Number(value) <= maxSeconds) return;
  throw refuse(`DurationSeconds as ${durationSecondsAllowed}`);
}

/** RFC 3986: all but the unreserved characters. */
const encodeUnreserved = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function refuse(allowed: string): InvalidRequestError {
  const path = 'body.presignedUrl';
  return new InvalidRequestError(`cannot take ${path}; allowed: ${allowed}`, {
    extensions: { errors: [{ path, allowed }] },
  });
}
