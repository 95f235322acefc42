import type { Configuration } from '../configuration.ts';
import { BrokerError, IntegrationNotFoundError, IntegrationStateError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { toIntegrationProfile } from './compile-integration.ts';
import type { Verification } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import type { VerifyIntegration } from './verify-integration.ts';
import type { VerifyTask } from './verify-task.ts';

/** Codes and words are those that a caller of the API may read. */
export type VerifyAnswer =
  | { readonly verification: Verification }
  | {
      readonly error: {
        readonly code: string;
        readonly message: string;
        readonly retryAfterSeconds?: number;
      };
    };

export type AnswerVerifyTask = (task: VerifyTask) => Promise<VerifyAnswer>;

/** Verifies the integration as it is now. Whether it may be verified is decided where the task comes from. */
export function createAnswerVerifyTask(ports: {
  readonly configuration: Configuration;
  readonly store: Pick<IntegrationStore, 'find'>;
  readonly verifyIntegration: VerifyIntegration;
  readonly logger: Logger;
}): AnswerVerifyTask {
  const { logger } = ports;

  return async ({ integration: name, authority }) => {
    const fields = { integration: name, gatewayRequestId: authority.origin.gatewayRequestId };
    try {
      const integration = await requireVerifiable(name, ports);
      const verification = await ports.verifyIntegration(integration, authority);
      logger.info('verification', { ...fields, result: verification.result });
      return { verification };
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      const { code, message, detail, retryAfterSeconds } = error;
      logger.warn('verification', { ...fields, code, detail });
      return { error: { code, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) } };
    }
  };
}

async function requireVerifiable(
  name: string,
  { configuration, store }: Parameters<typeof createAnswerVerifyTask>[0],
) {
  const found = await store.find(name);
  if (found === undefined || found.integration.state === 'DELETED')
    throw new IntegrationNotFoundError('there is no such integration');
  const { integration } = found;
  if (integration.name !== name) throw new TypeError('the store answered with another integration');
  // A role that is our own by now is not even asked for.
  const compiled = toIntegrationProfile(integration, configuration);
  if ('profile' in compiled) return integration;
  const places = compiled.problems.map(({ path }) => path.join('.')).join(', ');
  throw new IntegrationStateError(
    `the configuration no longer takes the integration as it is: ${places}; update the integration first`,
  );
}
