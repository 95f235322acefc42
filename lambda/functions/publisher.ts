import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DynamoDBBatchResponse } from 'aws-lambda';
import { createEventBridgeEventBus } from '../adapters/eventbridge-event-bus.ts';
import { toRowChanges } from '../adapters/stream-records.ts';
import { createPublishChanges } from '../core/publishing/publish-changes.ts';
import { environment, findEnv, requireEnv } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';

const integrations = findEnv(environment.integrationTable);

const tables = {
  issuances: requireEnv(environment.issuanceTable),
  findings: requireEnv(environment.findingTable),
  controls: requireEnv(environment.controlTable),
  ...(integrations === undefined ? {} : { integrations }),
};

const publish = createPublishChanges({
  bus: createEventBridgeEventBus({
    // A repeat does no harm: what comes twice has the same id.
    client: new EventBridgeClient({ maxAttempts: 3 }),
    timeoutMs: 5000,
  }),
  logger: createFunctionLogger(),
  stage: requireEnv(environment.stage),
  hasCopies: findEnv(environment.otherRegions) !== undefined,
});

/** Tells EventBridge what changed in the tables. Its role reads their streams and puts events, and does nothing else. */
export async function handler(event: unknown): Promise<DynamoDBBatchResponse> {
  const failed = await publish(toRowChanges(event, tables));
  return { batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: failed }] };
}
