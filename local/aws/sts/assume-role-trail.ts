import type { Credentials } from '../credentials.ts';
import { memberFields, members } from './query-protocol.ts';
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
  const tags = memberFields(parameters, 'Tags', ['Key', 'Value']);
  if (tags.length > 0) {
    shown['tags'] = tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
  }
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
  const policyArns = memberFields(parameters, 'PolicyArns', ['arn']);
  if (policyArns.length > 0) shown['policyArns'] = policyArns.map(({ arn = '' }) => ({ arn }));
  const duration = parameters.get('DurationSeconds');
  if (duration !== undefined && /^\d{1,9}$/.test(duration)) shown['durationSeconds'] = Number(duration);
  return shown;
}

const textParameters = [
  ['RoleArn', 'roleArn'],
  ['RoleSessionName', 'roleSessionName'],
  ['SourceIdentity', 'sourceIdentity'],
  ['ExternalId', 'externalId'],
  ['Policy', 'policy'],
  ['SerialNumber', 'serialNumber'],
] as const;

export interface AssumeRoleResponse {
  readonly credentials: Credentials;
  readonly assumedRole: { readonly id: string; readonly arn: string };
  readonly packedPolicySize: number | undefined;
  readonly sourceIdentity: string | undefined;
}

/** The session token is in AWS's records too, the secret key is not. */
export function toAssumeRoleResponse(response: AssumeRoleResponse): JsonObject {
  const { credentials, assumedRole, packedPolicySize, sourceIdentity } = response;
  return {
    credentials: {
      accessKeyId: credentials.accessKeyId,
      sessionToken: credentials.sessionToken,
      expiration: toTrailTime(credentials.expiration),
    },
    assumedRoleUser: { assumedRoleId: assumedRole.id, arn: assumedRole.arn },
    ...(packedPolicySize === undefined ? {} : { packedPolicySize }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

const timeFormat = new Intl.DateTimeFormat('en-US', {
  timeZone: 'UTC',
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
});

/** `Jul 18, 2014, 4:07:39 PM`. Newer ICU data puts a narrow no-break space before the PM. */
const toTrailTime = (time: Date): string => timeFormat.format(time).replace(/\u202f/g, ' ');
