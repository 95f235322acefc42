import * as z from 'zod';
import type { AccessKeyStore } from './access-key-store.ts';

const milliseconds = z.int().min(0).max(3_600_000).default(0);
const schema = z.strictObject({ delayMs: milliseconds, waverMs: milliseconds });

const allowedBody = 'allowed: {"delayMs"?: 0–3600000, "waverMs"?: 0–3600000}, in milliseconds';

/** How long new access keys are refused, and how long they are then refused now and then. */
export function setNewKeys(
  accessKeys: Pick<AccessKeyStore, 'setNewKeys'>,
  body: string,
): { readonly status: number; readonly body: unknown } {
  const parsed = schema.safeParse(parseJson(body));
  if (!parsed.success) return { status: 400, body: { message: allowedBody } };
  accessKeys.setNewKeys(parsed.data);
  return { status: 200, body: parsed.data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
