import { randomUUID } from 'node:crypto';
import type { AwsError } from './aws-error.ts';
import type { Caller } from './caller.ts';
import { toIsoSeconds } from './principal-context.ts';
import type { JsonObject } from './sts/sts-call.ts';

/** A record in CloudTrail's form. Source: CloudTrail guide, "Contents for management events". */
export type CloudTrailRecord = JsonObject;

export interface StsEvent {
  readonly caller: Caller;
  readonly eventName: string;
  readonly nowMs: number;
  readonly region: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly requestId: string;
  readonly requestParameters: JsonObject | null;
  readonly responseElements: JsonObject | null;
  readonly resource?: { readonly arn: string; readonly accountId: string };
  readonly error?: AwsError;
}

/**
 * One record for each account that gets one: the caller's always, the role owner's as well when it's another and the
 * call was granted. Denied attempts are not logged where the role is.
 */
export function toRecords(event: StsEvent): readonly CloudTrailRecord[] {
  const { caller, resource } = event;
  const crossAccount = resource !== undefined && resource.accountId !== caller.accountId;
  const shared = crossAccount ? { sharedEventID: randomUUID() } : {};
  const own = toRecord(event, { identity: toUserIdentity(caller), accountId: caller.accountId, shared });
  if (!crossAccount) return [own];
  const identity = { type: 'AWSAccount', principalId: caller.id, accountId: caller.accountId };
  return [own, toRecord(event, { identity, accountId: resource.accountId, shared })];
}

interface Recipient {
  readonly identity: JsonObject;
  readonly accountId: string;
  readonly shared: JsonObject;
}

function toRecord(event: StsEvent, { identity, accountId, shared }: Recipient): CloudTrailRecord {
  const { error, resource } = event;
  return {
    eventVersion: '1.11',
    userIdentity: identity,
    eventTime: toIsoSeconds(event.nowMs),
    eventSource: 'sts.amazonaws.com',
    eventName: event.eventName,
    awsRegion: event.region,
    sourceIPAddress: event.sourceIp,
    userAgent: event.userAgent.slice(0, longestText),
    ...(error === undefined
      ? {}
      : { errorCode: toErrorCode(error), errorMessage: error.message.slice(0, longestText) }),
    // CloudTrail shows no parameters of what was denied.
    requestParameters: error?.code === 'AccessDenied' ? null : bound(event.requestParameters),
    responseElements: event.responseElements,
    requestID: event.requestId,
    eventID: randomUUID(),
    readOnly: true,
    ...(resource === undefined
      ? {}
      : { resources: [{ accountId: resource.accountId, type: 'AWS::IAM::Role', ARN: resource.arn }] }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    ...shared,
    eventCategory: 'Management',
  };
}

/** CloudTrail cuts these fields at 1 KB, and leaves out parameters of more than 100 KB. */
const longestText = 1024;
const longestParameters = 100 * 1024;

function bound(parameters: JsonObject | null): JsonObject | null {
  const originalSize = JSON.stringify(parameters).length;
  return originalSize > longestParameters ? { omitted: true, originalSize } : parameters;
}

/** CloudTrail names exceptions where the wire has codes. */
const toErrorCode = ({ code }: AwsError): string =>
  ({
    Throttling: 'ThrottlingException',
    PackedPolicyTooLarge: 'PackedPolicyTooLargeException',
    MalformedPolicyDocument: 'MalformedPolicyDocumentException',
    ValidationError: 'ValidationException',
    InvalidParameterValue: 'InvalidParameterValueException',
  })[code] ?? code;

function toUserIdentity(caller: Caller): JsonObject {
  const { arn, accountId, accessKeyId, id } = caller;
  const common = { principalId: id, arn, accountId, accessKeyId };
  if (caller.type === 'user') return { type: 'IAMUser', ...common, userName: caller.user.name };
  const { role, session } = caller;
  return {
    type: 'AssumedRole',
    ...common,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: role.id,
        arn: role.arn,
        accountId: role.accountId,
        userName: role.name,
      },
      attributes: {
        creationDate: toIsoSeconds(session.issuedAtSeconds * 1000),
        mfaAuthenticated: 'false',
      },
      ...(session.sourceIdentity === undefined ? {} : { sourceIdentity: session.sourceIdentity }),
    },
  };
}
