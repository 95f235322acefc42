import * as z from 'zod';
import type { Configuration } from '../configuration.ts';
import { BrokerError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { toNextHopPolicy } from '../next-hop-policy.ts';
import type { AssumeRoleRequest, SecurityTokenService, StsAnswer, StsFailure } from '../ports.ts';
import { toIntegrationProfile } from './compile-integration.ts';
import type { Integration } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';
import { denyAll, probeSeconds, probeSessionPrefix } from './plan-probe.ts';
import type { ProberAnswer } from './verify-ports.ts';

/** How the prober asks for a role: without an ExternalId, or with the right one as somebody whom no role shall trust. */
export const proberProbes = ['no-id', 'stranger'] as const;

/** All that the prober is told. */
export interface ProbeTask {
  readonly integration: string;
  readonly probe: (typeof proberProbes)[number];
}

const task = z.strictObject({
  integration: z.string().refine(isIntegrationName),
  probe: z.enum(proberProbes),
});

/** @throws TypeError for any other event */
export function parseProbeTask(event: unknown): ProbeTask {
  const { data } = task.safeParse(event);
  if (data !== undefined) return data;
  throw new TypeError(
    `the event is no probe; allowed: {"integration": <name>, "probe": one of ${proberProbes.join(', ')}}`,
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
  /** A new ULID. */
  readonly newId: () => string;
}

export type ProbeIntegration = (task: ProbeTask) => Promise<ProberAnswer>;

/**
 * Asks for the integration's role once and says whether it was given. The session could do nothing, and its credentials
 * end here. Role and ExternalId are looked up, so that whoever calls can name neither.
 */
export function createProbeIntegration(ports: ProbeIntegrationPorts): ProbeIntegration {
  const { logger } = ports;
  return async (asked) => {
    const answer = await probe(asked, ports);
    const { state, requestId } = answer;
    const errorCode = answer.state === 'ISSUED' ? undefined : answer.errorCode;
    logger.info('probe', { ...asked, state, errorCode, stsRequestId: requestId });
    return answer;
  };
}

async function probe(
  { integration: name, probe: kind }: ProbeTask,
  ports: ProbeIntegrationPorts,
): Promise<ProberAnswer> {
  const found = await find(name, ports);
  if ('state' in found) return found;
  const { integration } = found;
  const request = toRequest(integration.roleArn, `${probeSessionPrefix}${kind}-${ports.newId()}`);
  if (kind === 'no-id') return withoutSecrets(await ports.sts.assumeRole(request));
  return askAsStranger(integration, request, ports);
}

async function find(
  name: string,
  { configuration, store }: ProbeIntegrationPorts,
): Promise<{ readonly integration: Integration } | StsFailure> {
  try {
    const found = await store.find(name);
    if (found === undefined || found.integration.state === 'DELETED' || found.integration.name !== name)
      return notAsked('NoSuchIntegration', 'the integration is not there');
    // A role that is our own by now is not even asked for.
    if ('problems' in toIntegrationProfile(found.integration, configuration))
      return notAsked('IntegrationNotTaken', 'the configuration no longer takes the integration');
    return { integration: found.integration };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return notAsked(error.name, error.detail ?? error.message);
  }
}

async function askAsStranger(
  { externalIds }: Integration,
  request: AssumeRoleRequest,
  { sts, strangerRoleArn }: ProbeIntegrationPorts,
): Promise<ProberAnswer> {
  const stranger = await sts.assumeRole({
    ...request,
    roleArn: strangerRoleArn,
    sessionPolicy: toNextHopPolicy(request.roleArn, { withSourceIdentity: false, withTags: false }),
  });
  // Whatever it came to, it says nothing of the integration's role.
  if (stranger.state !== 'ISSUED')
    return stranger.state === 'FAILED' && stranger.cause === 'throttled'
      ? stranger
      : notAsked(stranger.errorCode, `the stranger's role: ${stranger.detail}`);
  const externalId = externalIds.next ?? externalIds.current;
  return withoutSecrets(await sts.assumeRole({ ...request, externalId }, stranger.credentials));
}

/** Neither source identity nor tags: a role that wants them says nothing of the id by its refusal. */
const toRequest = (roleArn: string, roleSessionName: string): AssumeRoleRequest => ({
  ...{ roleArn, roleSessionName, durationSeconds: probeSeconds, sessionPolicy: denyAll },
  ...{ sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] },
});

/** The role was not asked. */
const notAsked = (errorCode: string, detail: string): StsFailure => ({
  state: 'FAILED',
  cause: 'unreachable',
  errorCode,
  detail,
});

/** Named one by one: whatever else an answer has stays here. */
function withoutSecrets(answer: StsAnswer): ProberAnswer {
  if (answer.state !== 'ISSUED') return answer;
  const { accessKeyId, expiration } = answer.credentials;
  return { state: 'ISSUED', requestId: answer.requestId, accessKeyId, expiration };
}
