import * as z from 'zod';
import { assumeRoles } from '../assume-roles.ts';
import type { Configuration } from '../configuration.ts';
import { BrokerError } from '../errors.ts';
import { isIssuanceId } from '../issuance.ts';
import type { Asked } from '../issue.ts';
import type { Logger } from '../logger.ts';
import { toNextHopPolicy } from '../next-hop-policy.ts';
import type { AssumeRoleRequest, SecurityTokenService, StsFailure } from '../ports.ts';
import { toIntegrationProfile } from './compile-integration.ts';
import type { Integration } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';
import { denyAll, probeSeconds, toProberSessionName } from './plan-probe.ts';
import { shapeNames, toShape } from './probe-shapes.ts';
import { type SeenSession, withoutSecrets } from './seen-session.ts';
import { activeIds, type Prober, type ProbeTask, proberProbes } from './verify-ports.ts';

const task = z.strictObject({
  integration: z.string().refine(isIntegrationName),
  version: z.int().min(1),
  probe: z.enum(proberProbes),
  shape: z.enum(shapeNames),
  which: z.enum(activeIds),
  issuanceId: z.string().refine(isIssuanceId),
});

/** @throws TypeError for any other event */
export function parseProbeTask(event: unknown): ProbeTask {
  const { data } = task.safeParse(event);
  if (data !== undefined) return data;
  throw new TypeError(
    `the event is no probe; allowed: {"integration": <name>, "version": <a positive integer>, "probe": one of ${proberProbes.join(', ')}, "shape": one of ${shapeNames.join(', ')}, "which": one of ${activeIds.join(', ')}, "issuanceId": <a ULID>}`,
  );
}

export interface ProbeIntegrationPorts {
  readonly configuration: Configuration;
  readonly store: Pick<IntegrationStore, 'find'>;
  /** Of the prober's own role: two calls of it take less than 5 seconds. */
  readonly sts: Pick<SecurityTokenService, 'assumeRole'>;
  /** ARN of the role that no trust policy names. */
  readonly strangerRoleArn: string;
  readonly logger: Logger;
}

/**
 * Asks for the integration's role once and says whether it was given. The session could do nothing, and its credentials
 * end here. Role and ExternalId are looked up, so that whoever calls can name neither.
 */
export function createProbeIntegration(ports: ProbeIntegrationPorts): Prober {
  const { logger } = ports;
  return async (task) => {
    const asked = await probe(task, ports);
    const { state, requestId } = asked.answer;
    const errorCode = asked.answer.state === 'ISSUED' ? undefined : asked.answer.errorCode;
    logger.info('probe', { ...task, state, errorCode, stsRequestId: requestId });
    return asked;
  };
}

async function probe(task: ProbeTask, ports: ProbeIntegrationPorts): Promise<Asked<SeenSession>> {
  const found = await find(task, ports);
  if ('state' in found) return { answer: found, hops: [] };
  const requests = toRequests(found.integration, task, ports);
  if (requests === undefined)
    return { answer: notAsked('NoSuchExternalId', 'the integration has no such ExternalId'), hops: [] };
  const { answer, hops } = await assumeRoles(requests, ports.sts);
  return { answer: withoutSecrets(answer), hops };
}

async function find(
  { integration: name, version }: ProbeTask,
  { configuration, store }: ProbeIntegrationPorts,
): Promise<{ readonly integration: Integration } | StsFailure> {
  try {
    const found = await store.find(name);
    if (found === undefined || found.integration.state === 'DELETED' || found.integration.name !== name)
      return notAsked('NoSuchIntegration', 'the integration is not there');
    if (found.integration.version !== version)
      return notAsked('OtherVersion', `the integration is at version ${found.integration.version} by now`);
    // A role that is our own by now is not even asked for.
    if ('problems' in toIntegrationProfile(found.integration, configuration))
      return notAsked('IntegrationNotTaken', 'the configuration no longer takes the integration');
    return { integration: found.integration };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return notAsked(error.name, error.detail ?? error.message);
  }
}

/** `undefined` where the rotation that the task speaks of is over. */
function toRequests(
  integration: Integration,
  task: ProbeTask,
  { strangerRoleArn }: ProbeIntegrationPorts,
): readonly AssumeRoleRequest[] | undefined {
  const { roleArn, externalIds } = integration;
  const { sourceIdentity, sessionTags } = toShape(integration, task.shape);
  const session: AssumeRoleRequest = {
    ...{ roleArn, roleSessionName: toProberSessionName(task), durationSeconds: probeSeconds },
    ...{ sessionPolicy: denyAll, sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] },
  };
  const request = { ...session, ...(sourceIdentity === undefined ? {} : { sourceIdentity }), sessionTags };
  if (task.probe === 'no-id') return [request];
  const externalId = externalIds[task.which];
  if (externalId === undefined) return undefined;
  if (task.probe === 'prober-right-id') return [{ ...request, externalId }];
  const sessionPolicy = toNextHopPolicy(roleArn, {
    withSourceIdentity: sourceIdentity !== undefined,
    withTags: Object.keys(sessionTags).length > 0,
  });
  return [
    { ...session, roleArn: strangerRoleArn, sessionPolicy },
    { ...request, externalId },
  ];
}

/** The role was not asked. */
const notAsked = (errorCode: string, detail: string): StsFailure => ({
  state: 'FAILED',
  cause: 'unreachable',
  errorCode,
  detail,
});
