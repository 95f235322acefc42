import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import { AwsError } from '../aws-error.ts';
import type { CloudTrail } from '../cloudtrail.ts';
import { toFederatedRecord } from '../cloudtrail-record.ts';
import type { DataKey } from '../data-key.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import type { OwnIssuers } from '../web-identity-issuers.ts';
import { startFederatedSession } from './federated-session.ts';
import type { Parameters } from './query-protocol.ts';
import { toBrokenXml, toErrorAnswer, toFaultError } from './sts-answers.ts';
import type { StsResult } from './sts-call.ts';
import type { FederatedIdentity, UnsignedCall, UnsignedOperation } from './unsigned-call.ts';
import { toResultXml, xmlAnswer } from './xml.ts';

export interface UnsignedOptions {
  readonly world: World;
  readonly key: DataKey;
  readonly ownIssuers: OwnIssuers;
  readonly faults: Faults;
  readonly cloudTrail: CloudTrail;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

interface UnsignedRequest {
  readonly request: AwsRequest;
  readonly name: string;
  readonly operation: UnsignedOperation;
  readonly parameters: Parameters;
}

/** Meets a fault, proves who asks, gives the session, writes the record, answers. A signature isn't looked at. */
export function performUnsigned(options: UnsignedOptions, unsigned: UnsignedRequest): Promise<Outcome> {
  const { faults, closing } = options;
  const { request, name } = unsigned;
  return meetFault(faults.take('sts', name), {
    process: () => answer(options, unsigned),
    refuse: (kind) =>
      toErrorAnswer(toFaultError(kind, `Not authorized to perform sts:${name}`), request.requestId),
    garbage: toBrokenXml(name),
    contentType: 'text/xml',
    closing,
  });
}

async function answer(options: UnsignedOptions, unsigned: UnsignedRequest): Promise<Answer> {
  const { world, key, ownIssuers, now } = options;
  const { request, name, operation, parameters } = unsigned;
  const call: UnsignedCall = {
    parameters,
    region: world.region,
    sourceIp: request.sourceIp,
    nowMs: now(),
    world,
    key,
    ownIssuers,
  };
  try {
    const identity = await operation.identify(call);
    const { result } = recordFederated(options, { unsigned, call, identity });
    return xmlAnswer(200, toResultXml(name, result, request.requestId), request.requestId);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return toErrorAnswer(error, request.requestId);
  }
}

/** The record is in the role's account: the caller has none. */
function recordFederated(
  { cloudTrail }: UnsignedOptions,
  {
    unsigned: { request, name },
    call,
    identity,
  }: {
    readonly unsigned: UnsignedRequest;
    readonly call: UnsignedCall;
    readonly identity: FederatedIdentity;
  },
): StsResult {
  const { userIdentity, requestParameters, resources } = identity.trail;
  const event = {
    eventName: name,
    nowMs: call.nowMs,
    region: call.region,
    sourceIp: call.sourceIp,
    userAgent: header(request, 'user-agent') ?? '',
    requestId: request.requestId,
    requestParameters,
  };
  const recipient = { identity: userIdentity, accountId: identity.roleArn.split(':')[4] ?? '', resources };
  try {
    const session = startFederatedSession(call, identity);
    const { responseElements, resource } = session;
    const granted = resource === undefined ? { responseElements } : { responseElements, resource };
    cloudTrail.append([toFederatedRecord({ ...event, ...granted }, recipient)]);
    return session;
  } catch (error) {
    if (error instanceof AwsError) {
      cloudTrail.append([toFederatedRecord({ ...event, responseElements: null, error }, recipient)]);
    }
    throw error;
  }
}
