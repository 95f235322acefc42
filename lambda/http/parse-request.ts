import * as z from 'zod';
import { InvalidRequestError } from '../core/errors.ts';

/**
 * Parses what a caller sent.
 *
 * @param part `body`, `query` or `form`, for the message
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

/** Every value of each parameter, or of each field. */
type Parameters = Readonly<Record<string, readonly string[]>>;

/**
 * Parses the query, in which each parameter stands at most once: who reads the first of two and who reads the last would
 * differ.
 *
 * @throws InvalidRequestError as `parseRequest` does
 */
export const parseQuery = <Schema extends z.ZodType>(schema: Schema, query: Parameters): z.output<Schema> =>
  parseSingle({ part: 'query', parameter: 'parameter' }, schema, query);

/** Parses the fields of an HTML form; see `parseQuery`. */
export const parseForm = <Schema extends z.ZodType>(schema: Schema, form: Parameters): z.output<Schema> =>
  parseSingle({ part: 'form', parameter: 'field' }, schema, form);

function parseSingle<Schema extends z.ZodType>(
  { part, parameter }: { readonly part: string; readonly parameter: string },
  schema: Schema,
  parameters: Parameters,
): z.output<Schema> {
  const repeated = Object.keys(parameters).filter((name) => parameters[name]?.length !== 1);
  if (repeated.length > 0) {
    throw toRefusal(repeated.map((name) => ({ path: `${part}.${name}`, allowed: `the ${parameter} once` })));
  }
  const single = Object.entries(parameters).map(([name, [value]]) => [name, value]);
  return parseRequest(part, schema, Object.fromEntries(single));
}

/** An object of these keys and no others. */
export const strictObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `the keys ${Object.keys(shape).join(', ')}` : 'an object',
  });
