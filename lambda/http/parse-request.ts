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
  const sentences = errors.map(({ path, allowed }) => `${path}; allowed: ${allowed}`);
  throw new InvalidRequestError(`cannot take ${sentences.join(' · ')}`, { extensions: { errors } });
}

/** An object of these keys and no others. */
export const strictObject = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? `the keys ${Object.keys(shape).join(', ')}` : 'an object',
  });

/** A query parameter that stands at most once. */
export const parameter = <Schema extends z.ZodType<unknown, string>>(schema: Schema) =>
  z
    .array(z.string())
    .length(1, { error: 'the parameter once' })
    .transform(([value = '']) => value)
    .pipe(schema)
    .exactOptional();
