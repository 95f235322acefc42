import type { APIGatewayProxyEvent } from 'aws-lambda';
import { InvalidRequestError, RequestTooLargeError, UnsupportedMediaTypeError } from '../core/errors.ts';
import { type JsonObject, parseJsonObject } from '../core/parse-json-object.ts';
import { headerValues } from './header-values.ts';

/** Checked before anything is parsed: a few bytes of JSON can be many nodes. */
export const bodyLimits = { bytes: 16_384, depth: 8, keys: 64 } as const;

type BodyEvent = Pick<APIGatewayProxyEvent, 'body' | 'isBase64Encoded' | 'multiValueHeaders'>;

/**
 * The body as an object; `{}` when there is none.
 *
 * @throws RequestTooLargeError, UnsupportedMediaTypeError, InvalidRequestError, none of which repeats the body
 */
export function parseJsonBody(event: BodyEvent): JsonObject {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) return {};
  if (bytes.length > bodyLimits.bytes) {
    throw new RequestTooLargeError(
      `the body has ${bytes.length} bytes; allowed: at most ${bodyLimits.bytes}`,
    );
  }
  requireJsonMediaType(event);
  const text = decodeUtf8(bytes);
  requireFewNodes(text);
  const body = parseText(text);
  if (holdsProto(body)) throw new InvalidRequestError('the body has a key "__proto__"; allowed: any other');
  return body;
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

function requireFewNodes(text: string): void {
  let depth = 0;
  let keys = 0;
  for (const [lexeme] of text.matchAll(lexemes)) {
    if (lexeme === '{' || lexeme === '[') depth += 1;
    if (lexeme === '}' || lexeme === ']') depth -= 1;
    if (lexeme === ':') keys += 1;
    if (depth > bodyLimits.depth || keys > bodyLimits.keys) {
      throw new RequestTooLargeError(
        `the body is nested or branched too far; allowed: depth ${bodyLimits.depth}, ${bodyLimits.keys} keys`,
      );
    }
  }
}
