import type { APIGatewayProxyEvent } from 'aws-lambda';
import { InvalidRequestError, RequestTooLargeError, UnsupportedMediaTypeError } from '../core/errors.ts';
import { type JsonObject, parseJsonObject } from '../core/parse-json-object.ts';
import { type BodyLimits, bodyLimits } from './body-limits.ts';
import { headerValues } from './header-values.ts';

type BodyEvent = Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded' | 'multiValueHeaders'>;

/** A member of the body with a limit of its own. */
export interface LargeMember {
  readonly name: string;
  /** Bytes of its text. */
  readonly maxLength: number;
}

/**
 * The body as an object; `{}` when there is none.
 *
 * @param large a member at the top whose text, where it is one, doesn't count for the limit in bytes; the form is its
 * schema's to check
 * @throws RequestTooLargeError, UnsupportedMediaTypeError, InvalidRequestError, none of which repeats the body
 */
export function parseJsonBody(
  event: BodyEvent,
  large?: LargeMember,
  limits: BodyLimits = bodyLimits,
): JsonObject {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) return {};
  requireFewBytes(bytes.length, limits.bytes + (large?.maxLength ?? 0));
  requireJsonMediaType(event);
  const text = decodeUtf8(bytes);
  const { longestString } = requireFewNodes(text, limits);
  // What is parsed is one long text at most, and as little besides as any other body.
  if (large !== undefined) requireFewBytes(bytes.length - longestString, limits.bytes);
  const body = parseText(text);
  // What is written longer than it is (\u0041) counts, as all else does.
  requireFewBytes(bytes.length - sizeOf(body, large), limits.bytes);
  if (holdsProto(body)) throw new InvalidRequestError('the body has a key "__proto__"; allowed: any other');
  if (holdsHalfCharacter(body)) {
    throw new InvalidRequestError(
      'the body has half of a surrogate pair (\\ud800–\\udfff); allowed: whole characters',
    );
  }
  return body;
}

function requireFewBytes(bytes: number, most: number): void {
  if (bytes > most) throw new RequestTooLargeError(`the body has ${bytes} bytes; allowed: at most ${most}`);
}

/** Bytes of the member's text; none where it isn't one. */
function sizeOf(body: JsonObject, large: LargeMember | undefined): number {
  const value = large !== undefined && Object.hasOwn(body, large.name) ? body[large.name] : undefined;
  return typeof value === 'string' ? Buffer.byteLength(value) : 0;
}

/** Without the parser's error as its cause: that quotes the body, and causes are logged. */
function parseText(text: string): JsonObject {
  try {
    return parseJsonObject(text);
  } catch {
    throw new InvalidRequestError('the body is not one JSON object that names each key once');
  }
}

/** Schemas and spreads drop or misread this one key, so that what is checked would not be what was sent. */
const holdsProto = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, '__proto__') || Object.values(value).some(holdsProto));

/**
 * Nothing can be written of one: DynamoDB would keep another text, and the AWS SDK breaks off in the middle of a request,
 * whose beginning then stands before the next one's.
 */
const holdsHalfCharacter = (value: unknown): boolean =>
  typeof value === 'string'
    ? !value.isWellFormed()
    : typeof value === 'object' &&
      value !== null &&
      Object.entries(value).some(([key, member]) => !key.isWellFormed() || holdsHalfCharacter(member));

function requireJsonMediaType(event: BodyEvent): void {
  const values = headerValues(event, 'content-type');
  const [value = ''] = values;
  if (values.length === 1 && /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(value)) return;
  throw new UnsupportedMediaTypeError('a body needs one header "Content-Type: application/json"');
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidRequestError('the body is not valid UTF-8');
  }
}

/** A string may lack its end: looking for one from each quote anew would take the square of the body's length. */
const lexemes = /"(?:[^"\\]|\\.)*"?|[{}[\]:]/gs;

/** @returns bytes of the longest string as it is written, without its quotes */
function requireFewNodes(text: string, limits: BodyLimits): { readonly longestString: number } {
  let longest = '';
  let depth = 0;
  let keys = 0;
  for (const [lexeme] of text.matchAll(lexemes)) {
    if (lexeme === '{' || lexeme === '[') depth += 1;
    if (lexeme === '}' || lexeme === ']') depth -= 1;
    if (lexeme === ':') keys += 1;
    if (lexeme.length > longest.length) longest = lexeme;
    if (depth > limits.depth || keys > limits.keys) {
      throw new RequestTooLargeError(
        `the body is nested or branched too far; allowed: depth ${limits.depth}, ${limits.keys} keys`,
      );
    }
  }
  return { longestString: Buffer.byteLength(longest.replace(/^"|"$/g, '')) };
}
