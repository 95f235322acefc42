import type { Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import { toAccessDeniedMessage } from '../access-denied.ts';
import type { Authenticate } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import type { CloudTrail } from '../cloudtrail.ts';
import { toRecords } from '../cloudtrail-record.ts';
import type { DataKey } from '../data-key.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import type { OwnIssuers } from '../web-identity-issuers.ts';
import { assumeRole } from './assume-role.ts';
import { assumeRoleWithSaml } from './assume-role-with-saml.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { assumeRoot } from './assume-root.ts';
import { decodeAuthorizationMessage } from './decode-authorization-message.ts';
import { getAccessKeyInfo } from './get-access-key-info.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import { getFederationToken } from './get-federation-token.ts';
import { getSessionToken } from './get-session-token.ts';
import { getWebIdentityToken } from './get-web-identity-token.ts';
import type { MfaCodes } from './mfa-codes.ts';
import { performUnsigned } from './perform-unsigned.ts';
import { type Parameters, parseParameters } from './query-protocol.ts';
import { requireCallable } from './require-callable.ts';
import { toBrokenXml, toErrorAnswer, toFaultError } from './sts-answers.ts';
import type { StsCall, StsOperation } from './sts-call.ts';
import type { UnsignedOperation } from './unsigned-call.ts';
import { toResultXml, xmlAnswer } from './xml.ts';

export interface StsOptions {
  readonly world: World;
  readonly key: DataKey;
  readonly mfa: MfaCodes;
  readonly ownIssuers: OwnIssuers;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly cloudTrail: CloudTrail;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

/** What is built. The rest of STS answers as an operation that doesn't exist. */
const operations: Readonly<Record<string, StsOperation>> = {
  AssumeRole: assumeRole,
  AssumeRoot: assumeRoot,
  DecodeAuthorizationMessage: decodeAuthorizationMessage,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
  GetFederationToken: getFederationToken,
  GetSessionToken: getSessionToken,
  GetWebIdentityToken: getWebIdentityToken,
};

/** Whoever has the token or the assertion may call them. */
const unsignedOperations: Readonly<Record<string, UnsignedOperation>> = {
  AssumeRoleWithSAML: assumeRoleWithSaml,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
};

const version = '2011-06-15';
/** Calls to the global endpoint are signed for it. */
const globalRegion = 'us-east-1';

/** STS's Query protocol: find the operation, authenticate, meet a fault, run, write the CloudTrail record, answer. */
export function createSts(options: StsOptions): (request: AwsRequest) => Promise<Outcome> {
  const regions = [...new Set([options.world.region, globalRegion])];
  return async (request) => {
    try {
      const parameters = parseParameters(request);
      const unsigned = findUnsigned(parameters);
      if (unsigned !== undefined) return await performUnsigned(options, { request, parameters, ...unsigned });
      const { name, operation } = findOperation(parameters);
      const { caller, region } = options.authenticate(request, { service: 'sts', regions });
      const { world, key, mfa, ownIssuers } = options;
      const toCall = (): StsCall => ({
        parameters,
        caller,
        region,
        sourceIp: request.sourceIp,
        nowMs: options.now(),
        world,
        key,
        mfa,
        ownIssuers,
      });
      const perform = (run: StsOperation['run']): Answer =>
        record(options, { request, name, operation, call: toCall(), run });
      return await meetFault(options.faults.take('sts', name), {
        process: async () =>
          perform((call) => {
            requireCallable(name, caller, toResourceName(parameters));
            return operation.run(call);
          }),
        refuse: (kind) =>
          perform(() => {
            const denied = { action: `sts:${name}`, resource: toResourceName(parameters) };
            throw toFaultError(kind, toAccessDeniedMessage(caller.arn, denied));
          }),
        garbage: toBrokenXml(name),
        contentType: 'text/xml',
        closing: options.closing,
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { kind: 'answer', answer: toErrorAnswer(error, request.requestId) };
    }
  };
}

function findOperation(parameters: Parameters): { readonly name: string; readonly operation: StsOperation } {
  const name = parameters.get('Action');
  if (!name) throw new AwsError('MissingAction', 400, 'The request must contain the parameter Action');
  const requested = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED';
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined || requested !== version) {
    throw new AwsError(
      'InvalidAction',
      400,
      `Could not find operation ${name.slice(0, 128)} for version ${requested.slice(0, 64)}`,
    );
  }
  return { name, operation };
}

function findUnsigned(
  parameters: Parameters,
): { readonly name: string; readonly operation: UnsignedOperation } | undefined {
  const name = parameters.get('Action') ?? '';
  const operation = Object.hasOwn(unsignedOperations, name) ? unsignedOperations[name] : undefined;
  return operation !== undefined && parameters.get('Version') === version ? { name, operation } : undefined;
}

interface Recorded {
  readonly request: AwsRequest;
  readonly name: string;
  readonly operation: StsOperation;
  readonly call: StsCall;
  readonly run: StsOperation['run'];
}

/** Runs a call and writes it down, whatever comes of it. */
function record({ cloudTrail }: StsOptions, { request, name, operation, call, run }: Recorded): Answer {
  const event = {
    caller: call.caller,
    eventName: name,
    nowMs: call.nowMs,
    region: call.region,
    sourceIp: call.sourceIp,
    userAgent: header(request, 'user-agent') ?? '',
    requestId: request.requestId,
    requestParameters: operation.toRequestParameters(call),
    readOnly: operation.readOnly ?? true,
  };
  try {
    const { result, responseElements, resource } = run(call);
    const granted = resource === undefined ? { responseElements } : { responseElements, resource };
    cloudTrail.append(toRecords({ ...event, ...granted }));
    return xmlAnswer(200, toResultXml(name, result, request.requestId), request.requestId);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    cloudTrail.append(toRecords({ ...event, responseElements: null, error }));
    return toErrorAnswer(error, request.requestId);
  }
}

const toResourceName = (parameters: Parameters): string => parameters.get('RoleArn') ?? '*';
