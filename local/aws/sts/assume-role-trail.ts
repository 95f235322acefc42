import type { Credentials } from '../credentials.ts';
import { members } from './query-protocol.ts';
import { toTrailCredentials, toTrailSession } from './session-trail.ts';
import type { JsonObject, StsCall } from './sts-call.ts';

/** What CloudTrail shows of the parameters: all but the MFA code. Source: IAM guide, "Logging IAM and AWS STS API calls". */
export function toAssumeRoleParameters({ parameters, caller }: StsCall): JsonObject {
  const shown: Record<string, JsonObject[string]> = {};
  const session = caller.type === 'session' ? caller.session : undefined;
  const transitive = session?.transitiveTagKeys.map((key) => key.toLowerCase()) ?? [];
  const incoming = Object.entries(session?.tags ?? {}).filter(([key]) =>
    transitive.includes(key.toLowerCase()),
  );
  if (incoming.length > 0) shown['incomingTransitiveTags'] = Object.fromEntries(incoming);
  for (const [name, key] of textParameters) {
    const value = parameters.get(name);
    if (value !== undefined) shown[key] = value;
  }
  const inheritedIdentity = session?.sourceIdentity;
  if (inheritedIdentity !== undefined && shown['sourceIdentity'] === undefined) {
    shown['sourceIdentity'] = inheritedIdentity;
  }
  const transitiveTagKeys = members(parameters, 'TransitiveTagKeys');
  if (transitiveTagKeys.length > 0) shown['transitiveTagKeys'] = transitiveTagKeys;
  return { ...shown, ...toTrailSession(parameters) };
}

const textParameters = [
  ['RoleArn', 'roleArn'],
  ['RoleSessionName', 'roleSessionName'],
  ['SourceIdentity', 'sourceIdentity'],
  ['ExternalId', 'externalId'],
  ['SerialNumber', 'serialNumber'],
] as const;

export interface AssumeRoleResponse {
  readonly credentials: Credentials;
  readonly assumedRole: { readonly id: string; readonly arn: string };
  readonly packedPolicySize: number | undefined;
  readonly sourceIdentity: string | undefined;
}

export function toAssumeRoleResponse(response: AssumeRoleResponse): JsonObject {
  const { credentials, assumedRole, packedPolicySize, sourceIdentity } = response;
  return {
    credentials: toTrailCredentials(credentials),
    assumedRoleUser: { assumedRoleId: assumedRole.id, arn: assumedRole.arn },
    ...(packedPolicySize === undefined ? {} : { packedPolicySize }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}
