import type * as z from 'zod';
import { AwsError } from './aws-error.ts';

/**
 * The input of a JSON protocol's operation.
 *
 * @throws AwsError SerializationException, ValidationException
 */
export function parseJsonInput<Input>(body: Buffer, schema: z.ZodType<Input>): Input {
  const parsed = schema.safeParse(toJson(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = issue?.path.join('.') ?? '';
  throw new AwsError(
    'ValidationException',
    400,
    `1 validation error detected: Value at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint: ${issue?.message}`,
  );
}

function toJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 400, 'the body is not JSON');
  }
}
