import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IntegrationsUnavailableError } from '../core/errors.ts';
import type { ExternalIdRegister } from '../core/integrations/integration-ports.ts';
import { sha256 } from '../core/sha256.ts';
import { toErrorDetail } from './error-detail.ts';
import { integrationTable } from './integration-table.ts';
import { putOnce } from './put-once.ts';

export interface DynamodbExternalIdRegisterOptions {
  /** With `maxAttempts: 1`: a repeat of the client's own would find its first attempt and call the id used. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Takes ExternalIds by single-item conditional writes, each under its digest. */
export function createDynamodbExternalIdRegister(
  options: DynamodbExternalIdRegisterOptions,
): ExternalIdRegister {
  const { newNonce, ...ports } = options;
  const { partitionKey, sortKey } = integrationTable;
  return {
    reserve: (externalId, integration) =>
      putOnce(
        {
          item: {
            [partitionKey]: { S: `external-id#${sha256(externalId).toString('hex')}` },
            [sortKey]: { N: '0' },
            nonce: { S: newNonce() },
            reservedFor: { S: integration },
          },
          keys: [partitionKey, sortKey],
          nonceOf: ({ nonce }) => nonce?.S,
        },
        { ...ports, toError },
      ),
  };
}

const toError = (cause: unknown) =>
  new IntegrationsUnavailableError(
    'no new ExternalId could be taken, so nothing was changed; try again shortly',
    {
      ...{ cause, detail: toErrorDetail(cause) },
      retryAfterSeconds: 5,
    },
  );
