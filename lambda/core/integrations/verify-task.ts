import * as z from 'zod';
import { parsePrincipal } from '../parse-principal.ts';
import { isIntegrationName } from './integration-schema.ts';
import type { VerifyAuthority } from './verify-ports.ts';

/** What the function that manages integrations asks of the one that issues for them. */
export interface VerifyTask {
  readonly task: 'verify';
  readonly integration: string;
  readonly authority: VerifyAuthority;
}

/**
 * Of the principal, what a probe's row and source identity need: which key signed, and which proof had its one effect,
 * are of the request that asked.
 */
export function toVerifyTask(integration: string, authority: VerifyAuthority): VerifyTask {
  const { origin, statement } = authority;
  const { sourceIp, userAgent, gatewayRequestId } = origin;
  const { proofId: _consumed, aws, ...principal } = authority.principal;
  const { accountId, organizationId } = aws ?? {};
  return {
    task: 'verify',
    integration,
    authority: {
      principal: {
        ...principal,
        ...(accountId === undefined
          ? {}
          : { aws: { accountId, ...(organizationId === undefined ? {} : { organizationId }) } }),
      },
      origin: { sourceIp, userAgent, gatewayRequestId },
      statement,
    },
  };
}

const text = z.string();

const schema = z.strictObject({
  task: z.literal('verify'),
  integration: text.refine(isIntegrationName),
  authority: z.strictObject({
    principal: z.unknown().refine((value) => parsePrincipal(value) !== undefined),
    origin: z.strictObject({
      sourceIp: text.max(64),
      userAgent: text.max(256),
      gatewayRequestId: text.max(256),
    }),
    statement: text.min(1).max(256),
  }),
});

/** Whether an event is such a task and nothing else. */
export const isVerifyTask = (event: unknown): event is VerifyTask => schema.safeParse(event).success;
