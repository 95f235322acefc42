import * as z from 'zod';
import { parseJsonObject } from '../core/parse-json-object.ts';
import type { LongTermKey } from '../core/ports.ts';

/** What a version of the federator's secret holds. Until the first rotation the secret holds something else. */
const secret = z.object({
  accessKeyId: z.string().regex(/^AKIA[A-Z0-9]{12,124}$/),
  secretAccessKey: z.string().regex(/^[\x21-\x7e]{16,256}$/),
});

export const toSecretString = ({ accessKeyId, secretAccessKey }: LongTermKey): string =>
  JSON.stringify({ accessKeyId, secretAccessKey });

/** `undefined` for anything but a key: a message would quote a secret. */
export function parseSecretString(text: string | undefined): LongTermKey | undefined {
  try {
    return secret.safeParse(parseJsonObject(text ?? '')).data;
  } catch {
    return undefined;
  }
}
