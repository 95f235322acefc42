import * as z from 'zod';

export const secretVersionSchema = z.strictObject({
  /** The ClientRequestToken of the request that made it. */
  versionId: z.string(),
  createdAtMs: z.int(),
  /** Staging labels. A version without any is deprecated, and goes when there are too many. */
  stages: z.array(z.string()).readonly(),
  /** Absent while a rotation has begun and not yet put one. `binary` is base64. */
  value: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('string'), text: z.string() }),
      z.strictObject({ kind: z.literal('binary'), text: z.base64() }),
    ])
    .optional(),
});

export const secretSchema = z.strictObject({
  arn: z.string(),
  accountId: z.string(),
  name: z.string(),
  description: z.string().optional(),
  kmsKeyId: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  createdAtMs: z.int(),
  lastChangedAtMs: z.int(),
  lastRotatedAtMs: z.int().optional(),
  rotation: z
    .strictObject({ lambdaArn: z.string(), rules: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  /** Oldest first. */
  versions: z.array(secretVersionSchema).readonly(),
});

export type SecretVersion = Readonly<z.output<typeof secretVersionSchema>>;
export type SecretValue = NonNullable<SecretVersion['value']>;
export type Secret = Readonly<z.output<typeof secretSchema>>;
