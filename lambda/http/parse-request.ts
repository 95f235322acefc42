import * as z from 'zod';
import { InvalidRequestError } from '../core/errors.ts';

/**
 * Parses what a caller sent.
 *
 * @param part `body` or `query`, for the message
 * @throws InvalidRequestError that names each key and what is allowed there, and repeats no value
 */
export function parseRequest<Schema extends z.ZodType>(
  part: string,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: [part, ...path].join('.'),
    allowed: message,
  }));
  throw toRefusal(errors);
}

function toRefusal(
  errors: readonly { readonly path: string; readonly allowed: string }[],
): InvalidRequestError {
  const sentences = errors.map(({ path, allowed }) => `${path}; allowed: ${allowed}`);
  return new InvalidRequestError(`cannot take ${sentences.join(' · ')}`, { extensions: { errors } });
}

/**
 * Parses the query, in which each parameter stands at most once: who reads the first of two and who reads the last would
 * differ.
 *
 * @throws InvalidRequestError as `parseRequest` does
 */
export function parseQuery<Schema extends z.ZodType>(
  schema: Schema,
  query: Readonly<Record<string, readonly string[]>>,
): z.output<Schema> {
  const repeated = Object.keys(query).filter((name) => query[name]?.length !== 1);
  if (repeated.length > 0)
    throw toRefusal(repeated.map((name) => ({ path: `query.${name}`, allowed: 'the parameter once' })));
  return parseRequest(
    'query',
    schema,
    Object.fromEntries(Object.entries(query).map(([name, [value]]) => [name, value])),
  );
}

/** An object of these keys and no others. */
export const strictObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `the keys ${Object.keys(shape).join(', ')}` : 'an object',
  });
