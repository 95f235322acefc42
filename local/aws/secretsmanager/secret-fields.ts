import * as z from 'zod';
import type { SecretValue } from './secret.ts';
import { invalid } from './staging-labels.ts';

/** The limits of the service model. Messages end what ValidationException begins. */
const text = (minimum: number, maximum: number) => {
  const must = `Member must have length between ${minimum} and ${maximum}`;
  return z.string(must).min(minimum, must).max(maximum, must);
};

export const secretId = text(1, 2048);
export const versionId = text(32, 64);
export const stage = text(1, 256);
export const stages = z
  .array(stage, 'Member must be a list')
  .min(1, 'Member must have length greater than or equal to 1')
  .max(20, 'Member must have length less than or equal to 20');
export const secretName = text(1, 512).regex(
  /^[\w/+=.@!-]+$/,
  'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
);
export const description = z
  .string()
  .max(2048, 'Member must have length less than or equal to 2048')
  .optional();
export const kmsKeyId = z.string().max(2048, 'Member must have length less than or equal to 2048').optional();
export const lambdaArn = z
  .string()
  .max(2048, 'Member must have length less than or equal to 2048')
  .optional();
export const tags = z
  .array(z.object({ Key: text(1, 128), Value: z.string().max(256) }))
  .max(50, 'Member must have length less than or equal to 50')
  .optional();

/** Bytes of a value. */
const maximumBytes = 65_536;
const sized = (bytes: (value: string) => number) =>
  z
    .string()
    .refine(
      (value) => bytes(value) >= 1 && bytes(value) <= maximumBytes,
      `Member must have length between 1 and ${maximumBytes}`,
    );

export const values = {
  SecretString: sized((value) => Buffer.byteLength(value)).optional(),
  SecretBinary: sized((value) => Buffer.from(value, 'base64').length)
    .pipe(z.base64('Member must be base64'))
    .optional(),
};

/** At most one of the two. @throws AwsError InvalidParameterException */
export function toValue({
  SecretString,
  SecretBinary,
}: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalid(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { kind: 'string', text: SecretString };
  return SecretBinary === undefined ? undefined : { kind: 'binary', text: SecretBinary };
}
