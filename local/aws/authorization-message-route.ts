import * as z from 'zod';
import { authorize } from '../../lambda/core/policy/authorize.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import type { World } from '../world.ts';
import { encodeAuthorizationMessage } from './authorization-message.ts';
import type { DataKey } from './data-key.ts';
import { toRequestContext } from './principal-context.ts';

const requestSchema = z.strictObject({
  principal: z.string(),
  action: z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/),
  resource: z.string().min(1),
  context: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
});

const allowedBody =
  'allowed: {"principal": "<ARN of a user or role of the world>", "action": "ec2:StopInstances", "resource": "<ARN>", "context"?: {"<condition key>": "<value>"}}';

export type AuthorizationMessages = (body: string) => {
  readonly status: number;
  readonly body: unknown;
};

/**
 * Asks what a principal's policies say to a request, as EC2 does, and encodes the refusal for
 * DecodeAuthorizationMessage: none of the services that are played here encodes its own.
 */
export function createAuthorizationMessages(options: {
  readonly world: World;
  readonly key: DataKey;
  readonly now: () => number;
}): AuthorizationMessages {
  const { world, key, now } = options;
  return (body) => {
    const parsed = parse(body);
    if (parsed === undefined) return { status: 400, body: { message: allowedBody } };
    const { principal: arn, action, resource } = parsed;
    const principal = world.roles.get(arn) ?? world.allUsers.get(arn);
    if (principal === undefined) return { status: 400, body: { message: allowedBody } };
    const { accountId, id, name } = principal;
    const context = new Map<string, string | readonly string[]>([
      ...toRequestContext({ region: world.region, sourceIp: '127.0.0.1', nowMs: now() }),
      ['aws:principalarn', arn],
      ['aws:principalaccount', accountId],
      ...Object.entries(parsed.context).map(([name, value]) => [name.toLowerCase(), value] as const),
    ]);
    const outcome = decide({ arn, accountId, policies: principal.policies }, { action, resource, context });
    if (outcome.effect === 'Allow') {
      return { status: 409, body: { message: 'allowed: a request that is denied; this one is not' } };
    }
    const encodedMessage = encodeAuthorizationMessage(
      { accountId, principal: { id, name, arn }, action, resource, context, outcome },
      key,
    );
    return { status: 200, body: { encodedMessage } };
  };
}

function decide(
  { arn, accountId, policies }: { arn: string; accountId: string; policies: readonly Policy[] },
  request: { action: string; resource: string; context: ReadonlyMap<string, string | readonly string[]> },
) {
  return authorize({
    request: { principal: { type: 'AWS', arn, accountId }, ...request },
    identityPolicies: policies,
    resourceAccountId: accountId,
  });
}

function parse(body: string): z.output<typeof requestSchema> | undefined {
  try {
    return requestSchema.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}
