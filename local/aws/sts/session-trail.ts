import type { Credentials } from '../credentials.ts';
import { memberFields, type Parameters } from './query-protocol.ts';
import type { JsonObject } from './sts-call.ts';

/** What CloudTrail shows of the parameters that the session-making operations share. */
export function toTrailSession(parameters: Parameters): JsonObject {
  const shown: Record<string, JsonObject[string]> = {};
  const tags = memberFields(parameters, 'Tags', ['Key', 'Value']);
  if (tags.length > 0) {
    shown['tags'] = tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
  }
  const policy = parameters.get('Policy');
  if (policy !== undefined) shown['policy'] = policy;
  const policyArns = memberFields(parameters, 'PolicyArns', ['arn']);
  if (policyArns.length > 0) shown['policyArns'] = policyArns.map(({ arn = '' }) => ({ arn }));
  const duration = parameters.get('DurationSeconds');
  if (duration !== undefined && /^\d{1,9}$/.test(duration)) shown['durationSeconds'] = Number(duration);
  return shown;
}

/** The session token is in AWS's records too, the secret key is not. */
export const toTrailCredentials = ({
  accessKeyId,
  sessionToken,
  expiration,
}: Pick<Credentials, 'accessKeyId' | 'sessionToken' | 'expiration'>): JsonObject => ({
  accessKeyId,
  sessionToken,
  expiration: toTrailTime(expiration),
});

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
