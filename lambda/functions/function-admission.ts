import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamodbQuotaRegister } from '../adapters/dynamodb-quota-register.ts';
import { createDynamodbSuspensionReader } from '../adapters/dynamodb-suspension-reader.ts';
import type { Configuration } from '../core/configuration.ts';
import { type Admission, createAdmission } from '../core/controls/admission.ts';
import type { ProofRegister } from '../core/ports.ts';
import { environment, requireEnv } from './environment.ts';

/** What stands before everything that a deployed function writes or asks of STS. */
export const createFunctionAdmission = ({
  configuration,
  client,
  pause,
  proofs,
}: {
  readonly configuration: Configuration;
  /** With `maxAttempts: 1`. */
  readonly client: DynamoDBClient;
  readonly pause: (ms: number) => Promise<unknown>;
  /** Where proofs that are good once are taken. */
  readonly proofs?: ProofRegister;
}): Admission =>
  createAdmission({
    configuration,
    quotas: createDynamodbQuotaRegister({ client, tableName: requireEnv(environment.quotaTable), pause }),
    suspensions: createDynamodbSuspensionReader({
      ...{ client, tableName: requireEnv(environment.controlTable), pause },
    }),
    ...(proofs === undefined ? {} : { proofs }),
    now: Date.now,
  });
