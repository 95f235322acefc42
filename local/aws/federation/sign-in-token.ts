import * as z from 'zod';
import type { DataKey } from '../data-key.ts';
import { sealText, unsealText } from '../sealed-text.ts';

const signInSchema = z.strictObject({
  accessKeyId: z.string(),
  accountId: z.string(),
  arn: z.string(),
  issuedAtMs: z.int(),
  /** Of the credentials. */
  expiresAtMs: z.int(),
  /** Of the console session, where it was asked for: it then outlives the credentials. */
  durationSeconds: z.int().optional(),
});

/** Whom a link signs in. It travels sealed in the link and is stored nowhere. */
export type SignIn = Readonly<z.output<typeof signInSchema>>;

/** How long a link is good for. Source: IAM guide, "Enable custom identity broker access to the AWS console". */
const linkMinutes = 15;

export const sealSignIn = (signIn: SignIn, { tokens }: DataKey): string =>
  sealText(JSON.stringify(signIn), tokens, 'sign-in token');

/** `undefined` for a token that is none, is too old, or whose credentials have expired. */
export function openSignIn(token: string, { tokens }: DataKey, nowMs: number): SignIn | undefined {
  const text = unsealText(token, tokens, 'sign-in token');
  if (text === undefined) return undefined;
  const signIn = signInSchema.parse(JSON.parse(text));
  const isGood = nowMs < signIn.issuedAtMs + linkMinutes * 60_000 && nowMs < signIn.expiresAtMs;
  return isGood ? signIn : undefined;
}
