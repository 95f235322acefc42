import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamodbQuotaRegister } from '../adapters/dynamodb-quota-register.ts';
import { createDynamodbSuspensionReader } from '../adapters/dynamodb-suspension-reader.ts';
import type { Configuration } from '../core/configuration.ts';
import { type Admission, createAdmission } from '../core/controls/admission.ts';
import { environment, requireEnv } from './environment.ts';

/** What stands before everything that a deployed function writes or asks of STS. */
export const createFunctionAdmission = ({
  configuration,
  client,
  pause,
}: {
  readonly configuration: Configuration;
  /** With `maxAttempts: 1`. */
  readonly client: DynamoDBClient;
  readonly pause: (ms: number) => Promise<unknown>;
}): Admission =>
  createAdmission({
    configuration,
    quotas: createDynamodbQuotaRegister({ client, tableName: requireEnv(environment.quotaTable), pause }),
    suspensions: createDynamodbSuspensionReader({
      ...{ client, tableName: requireEnv(environment.controlTable), pause },
    }),
    now: Date.now,
  });
