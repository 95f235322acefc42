import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import type { AuthorizationOutcome } from '../../lambda/core/policy/authorize.ts';
import type { Condition, RequestContext, Statement } from '../../lambda/core/policy/policy.ts';
import type { DataKey } from './data-key.ts';

/** A denied request, as a service that encodes its refusals has it. */
export interface DeniedRequest {
  /** Only callers of this account can have the message decoded. */
  readonly accountId: string;
  readonly principal: { readonly id: string; readonly name: string; readonly arn: string };
  readonly action: string;
  readonly resource: string;
  readonly context: RequestContext;
  readonly outcome: AuthorizationOutcome;
}

const sealedSchema = z.strictObject({ accountId: z.string(), message: z.string() });

const nonceBytes = 12;
const tagBytes = 16;

/** Encoded as EC2's refusals are: a text that says nothing to whoever may not decode it. */
export function encodeAuthorizationMessage(denied: DeniedRequest, key: DataKey): string {
  const content = JSON.stringify({ accountId: denied.accountId, message: toMessage(denied) });
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', toMessageKey(key), nonce);
  const sealed = Buffer.concat([cipher.update(deflateRawSync(content)), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** The decoded message's JSON; `undefined` for whatever isn't a message of this account's. */
export function decodeAuthorizationMessage(
  encoded: string,
  { key, accountId }: { readonly key: DataKey; readonly accountId: string },
): string | undefined {
  const bytes = Buffer.from(encoded, 'base64url');
  // Buffer skips what isn't base64url: a message with a line break in it isn't one.
  if (bytes.toString('base64url') !== encoded || bytes.length < nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', toMessageKey(key), bytes.subarray(0, nonceBytes));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
    const text = inflateRawSync(Buffer.concat([opened, decipher.final()]), { maxOutputLength: 1_048_576 });
    const sealed = sealedSchema.parse(JSON.parse(text.toString('utf8')));
    return sealed.accountId === accountId ? sealed.message : undefined;
  } catch {
    return undefined;
  }
}

/** Its own, so that no session token is ever a message. */
const toMessageKey = (key: DataKey): Buffer =>
  Buffer.from(hkdfSync('sha256', key.tokens, '', 'authorization messages', 32));

/** Source: STS API reference, DecodeAuthorizationMessage, the example's shape. */
function toMessage({ principal, action, resource, context, outcome }: DeniedRequest): string {
  const { statement } = outcome;
  const isExplicit = outcome.effect === 'ExplicitDeny';
  return JSON.stringify({
    allowed: false,
    explicitDeny: isExplicit,
    matchedStatements: {
      items: isExplicit && statement !== undefined ? [toMatched(statement, principal.id)] : [],
    },
    failures: { items: [] },
    context: {
      principal,
      action,
      resource,
      conditions: {
        items: [...context].map(([key, values]) => ({
          key,
          values: toItems(typeof values === 'string' ? [values] : values),
        })),
      },
    },
  });
}

const toMatched = (statement: Statement, principalId: string) => ({
  statementId: statement.sid ?? '',
  effect: statement.effect.toUpperCase(),
  principals: toItems([principalId]),
  principalGroups: toItems([]),
  actions: toItems(statement.actions?.patterns ?? []),
  resources: toItems(statement.resources?.patterns ?? []),
  conditions: {
    items: statement.conditions.map(({ key, values }: Condition) => ({ key, values: toItems(values) })),
  },
});

const toItems = (values: readonly string[]) => ({ items: values.map((value) => ({ value })) });
