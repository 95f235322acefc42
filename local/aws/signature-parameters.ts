import { createHash } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import { parseQuery } from './canonical-request.ts';
import { type AwsRequest, header } from './exchange.ts';

/** What a request says about its own signature; nothing in it is proven yet. */
export interface SignatureParameters {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly timestamp: string;
  readonly sessionToken?: string;
}

const algorithm = 'AWS4-HMAC-SHA256';
const isoBasic = /^\d{8}T\d{6}Z$/;

/**
 * Reads the Authorization header or the query of a presigned request.
 * @throws AwsError MissingAuthenticationToken when there is neither, IncompleteSignature when it can't be understood.
 */
export function parseSignatureParameters(request: AwsRequest): SignatureParameters {
  const authorization = request.headers.get('authorization');
  const presigned = parseQuery(request.query).some(([name]) => name === 'X-Amz-Algorithm');
  if (authorization !== undefined && presigned) {
    throw incomplete(
      "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    );
  }
  if (presigned) return fromQuery(request);
  if (!authorization?.[0]?.startsWith('AWS4-')) {
    throw new AwsError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
  }
  if (authorization.length > 1) throw incomplete('Authorization header must be sent once');
  return fromHeader(request, authorization[0]);
}

function fromHeader(request: AwsRequest, authorization: string): SignatureParameters {
  const space = authorization.indexOf(' ');
  const named = space < 0 ? authorization : authorization.slice(0, space);
  if (named !== algorithm) {
    throw incomplete(`Unsupported AWS 'algorithm': '${named.slice(0, 64)}' (only ${algorithm} for now). `);
  }
  const fields = toFields(authorization.slice(space + 1));
  const date = header(request, 'x-amz-date') ?? header(request, 'date');
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !fields.get(name))
    .map((name) => `Authorization header requires '${name}' parameter. `);
  if (date === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
  }
  if (missing.length > 0) {
    const hash = createHash('sha256').update(authorization).digest('base64');
    throw incomplete(
      `${missing.join('')}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`,
    );
  }
  const sessionToken = header(request, 'x-amz-security-token');
  return assemble(fields.get('Credential') ?? '', {
    signedHeaders: fields.get('SignedHeaders') ?? '',
    signature: fields.get('Signature') ?? '',
    timestamp: toTimestamp(date ?? ''),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
}

function toFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const equals = part.indexOf('=');
    const name = equals < 0 ? part : part.slice(0, equals);
    if (equals < 0) {
      throw incomplete(
        `'${part.slice(0, 64)}' not a valid key=value pair (missing equal-sign) in Authorization header`,
      );
    }
    // One reader takes the first and another the last: the request has no single meaning.
    if (fields.has(name)) throw incomplete(`Authorization header has more than one '${name.slice(0, 64)}'`);
    fields.set(name, part.slice(equals + 1));
  }
  return fields;
}

function fromQuery(request: AwsRequest): SignatureParameters {
  const fields = new Map<string, string>();
  for (const [name, value] of parseQuery(request.query)) {
    if (!name.startsWith('X-Amz-')) continue;
    if (fields.has(name)) throw incomplete(`AWS query-string has more than one '${name.slice(0, 64)}'`);
    fields.set(name, value);
  }
  const missing = [
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Signature',
    'X-Amz-SignedHeaders',
    'X-Amz-Date',
  ]
    .filter((name) => !fields.get(name))
    .map((name) => `AWS query-string parameters must include '${name}'. `);
  if (missing.length > 0) {
    throw incomplete(`${missing.join('')}Re-examine the query-string parameters.`);
  }
  if (fields.get('X-Amz-Algorithm') !== algorithm) {
    throw incomplete(`Unsupported AWS 'algorithm' (only ${algorithm} for now). `);
  }
  const sessionToken = fields.get('X-Amz-Security-Token') ?? header(request, 'x-amz-security-token');
  return assemble(fields.get('X-Amz-Credential') ?? '', {
    signedHeaders: fields.get('X-Amz-SignedHeaders') ?? '',
    signature: fields.get('X-Amz-Signature') ?? '',
    timestamp: toTimestamp(fields.get('X-Amz-Date') ?? ''),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
}

function assemble(
  credential: string,
  rest: Pick<SignatureParameters, 'signature' | 'timestamp' | 'sessionToken'> & {
    readonly signedHeaders: string;
  },
): SignatureParameters {
  const parts = credential.split('/');
  const [accessKeyId, date, region, service, terminator] = parts;
  if (!accessKeyId || !date || !region || !service || !terminator || parts.length !== 5) {
    throw incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.slice(0, 128)}'`,
    );
  }
  const signedHeaders = rest.signedHeaders.split(';');
  return { ...rest, accessKeyId, date, region, service, terminator, signedHeaders };
}

/** A Date header in its own form is taken too, as AWS does. */
function toTimestamp(date: string): string {
  if (isoBasic.test(date)) return date;
  const milliseconds = /^[A-Z][a-z]{2}, \d{2} /.test(date) ? Date.parse(date) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${date.slice(0, 64)}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  return toBasicTime(milliseconds);
}

/** `YYYYMMDDTHHMMSSZ` */
export const toBasicTime = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** Milliseconds since the epoch; NaN for a date that doesn't exist. */
export const fromBasicTime = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));

const incomplete = (message: string): AwsError => new AwsError('IncompleteSignature', 400, message);
