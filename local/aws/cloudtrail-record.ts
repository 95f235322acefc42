import { randomUUID } from 'node:crypto';
import type { Role, User } from '../world.ts';
import type { AwsError } from './aws-error.ts';
import type { Caller } from './caller.ts';
import { toIsoSeconds } from './principal-context.ts';
import type { Session } from './sealed-session.ts';
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
  /** @default true */
  readonly readOnly?: boolean;
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

/** Of a call that nobody signed: in the role's account alone. */
export const toFederatedRecord = (
  event: Omit<StsEvent, 'caller'>,
  recipient: Omit<Recipient, 'shared'>,
): CloudTrailRecord => toRecord(event, { ...recipient, shared: {} });

interface Recipient {
  readonly identity: JsonObject;
  readonly accountId: string;
  readonly shared: JsonObject;
  /** Beside the role. */
  readonly resources?: readonly JsonObject[];
}

function toRecord(
  event: Omit<StsEvent, 'caller'>,
  { identity, accountId, shared, resources = [] }: Recipient,
): CloudTrailRecord {
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
    readOnly: event.readOnly ?? true,
    ...(resource === undefined
      ? {}
      : {
          resources: [
            { accountId: resource.accountId, type: 'AWS::IAM::Role', ARN: resource.arn },
            ...resources,
          ],
        }),
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
  switch (caller.type) {
    case 'user': {
      const session = caller.session && { sessionContext: { attributes: toAttributes(caller.session) } };
      return { type: 'IAMUser', ...common, userName: caller.user.name, ...session };
    }
    case 'session': {
      const { sourceIdentity, federation } = caller.session;
      const sessionContext = {
        sessionIssuer: toIssuer('Role', caller.role),
        ...(federation?.providerArn.includes(':oidc-provider/')
          ? { webIdFederationData: { federatedProvider: federation.providerArn, attributes: {} } }
          : {}),
        attributes: toAttributes(caller.session),
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      };
      return { type: 'AssumedRole', ...common, sessionContext };
    }
    case 'root': {
      const { sourceIdentity } = caller.session;
      const sessionContext = {
        attributes: toAttributes(caller.session),
        assumedRoot: 'true',
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
      };
      return { type: 'Root', ...common, sessionContext };
    }
    case 'federated-user': {
      const sessionIssuer = toIssuer('IAMUser', caller.user);
      const sessionContext = { sessionIssuer, attributes: toAttributes(caller.session) };
      return { type: 'FederatedUser', ...common, sessionContext };
    }
  }
}

const toIssuer = (type: string, { id, arn, accountId, name }: Role | User): JsonObject => ({
  type,
  principalId: id,
  arn,
  accountId,
  userName: name,
});

const toAttributes = (session: Session): JsonObject => ({
  creationDate: toIsoSeconds(session.issuedAtSeconds * 1000),
  mfaAuthenticated: String(session.type === 'user' && session.mfaAuthenticated),
});
