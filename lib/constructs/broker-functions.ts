import type { Construct } from 'constructs';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { type PerFunction, requireDeployed, toPerFunction } from '../../lambda/core/function-roles.ts';
import { variablesOf } from '../../lambda/functions/environment.ts';
import { createFunctionRoles } from '../permissions.ts';
import { BrokerFunction } from './broker-function.ts';
import type { BrokerParts } from './broker-parts.ts';
import { ConfigurationLayer } from './configuration-layer.ts';
import { toConstructId } from './construct-id.ts';
import type { DaypassProps } from './daypass-props.ts';
import type { EncryptedLogs } from './encrypted-logs.ts';
import { toFunctionNetwork } from './function-network.ts';
import type { IntegrationTable } from './integration-table.ts';
import { toTrailAccess } from './trail-access.ts';

type FunctionOptions = Pick<
  DaypassProps,
  'configuration' | 'document' | 'network' | 'concurrency' | 'managedPolicyQuota'
> & { readonly logs: EncryptedLogs };

/** The functions that the configuration needs in `scope`, each with a role of its own, and the configuration as their layer. */
export function addBrokerFunctions(
  scope: Construct,
  parts: BrokerParts,
  options: FunctionOptions,
): PerFunction<BrokerFunction> {
  const { configuration, logs, managedPolicyQuota } = options;
  const { layer, digest } = new ConfigurationLayer(scope, 'Configuration', options);
  const network = options.network === undefined ? {} : { network: toFunctionNetwork(scope, options.network) };
  const roles = createRoles(parts, configuration);
  return toPerFunction(configuration, (functionName) => {
    const access = requireDeployed(roles, functionName);
    const readsIt = variablesOf(functionName, configuration).includes('configurationFile');
    const layers = readsIt ? [layer] : [];
    const concurrency = options.concurrency?.[functionName];
    const added = new BrokerFunction(scope, toConstructId(functionName), {
      ...{ functionName, access, layers, logs, ...network },
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(managedPolicyQuota === undefined ? {} : { managedPolicyQuota }),
    });
    // A version that is kept ready would go on deciding by the configuration before: CDK sees what is in a layer only
    // where the app has switched that on (`@aws-cdk/aws-lambda:recognizeLayerVersion`).
    if (readsIt) added.handler.invalidateVersionBasedOn(digest);
    return added;
  });
}

const createRoles = (parts: BrokerParts, configuration: Configuration) =>
  createFunctionRoles({
    configuration,
    tableArn: parts.issuances.table.tableArn,
    keyArn: parts.issuances.key.keyArn,
    proofTableArn: parts.proofs.table.tableArn,
    controls: {
      controlTableArn: parts.controls.table.tableArn,
      quotaTableArn: parts.quotas.table.tableArn,
      ...(parts.controls.key === undefined ? {} : { keyArn: parts.controls.key.keyArn }),
    },
    tokenKeyArn: parts.tokenKey.key.keyArn,
    webIdentityKeyArns: parts.webIdentityKeys.keys.map(({ keyArn }) => keyArn),
    ...(parts.federator === undefined ? {} : { federatorSecretArn: parts.federator.secret.secretArn }),
    ...(parts.integrations === undefined ? {} : { integrationTable: toAccess(parts.integrations) }),
    reconciliation: {
      findingTableArn: parts.findings.table.tableArn,
      findingKeyArn: parts.findings.key.keyArn,
      witnessTableArn: parts.witnesses.table.tableArn,
      queueArn: parts.trailQueue.queue.queueArn,
      ...toTrailAccess(parts.trail, configuration),
    },
    streams: parts.publishing.streams,
    publishingDeadLettersArn: parts.publishing.deadLetters.queueArn,
  });

const toAccess = ({ table, key }: IntegrationTable) => ({ tableArn: table.tableArn, keyArn: key.keyArn });
