import { AwsError } from '../aws-error.ts';
import { mintCredentials } from '../credentials.ts';
import { requireNoProblems } from './constraints.ts';
import { toCredentialsElement } from './credentials-element.ts';
import { readMfaParameters } from './mfa-parameters.ts';
import { checkDuration, parseDuration } from './session-parameters.ts';
import { toTrailCredentials, toTrailSession } from './session-trail.ts';
import type { JsonObject, StsCall, StsOperation, StsResult } from './sts-call.ts';

/** Seconds. Source: STS API reference, GetSessionToken, for IAM users. */
const maximumSeconds = 129_600;
const defaultSeconds = 43_200;

/** Needs no permission and heeds no policy: it authenticates. */
export const getSessionToken: StsOperation = { run, toRequestParameters, readOnly: false };

function run({ parameters, caller, key, nowMs, mfa }: StsCall): StsResult {
  const duration = parseDuration(parameters.get('DurationSeconds'));
  const { problems, ...code } = readMfaParameters(parameters);
  requireNoProblems([...checkDuration(duration, maximumSeconds), ...problems]);
  if (caller.type !== 'user') {
    throw new AwsError('AccessDenied', 403, 'Cannot call GetSessionToken with session credentials');
  }
  const mfaAuthenticated = mfa.authenticate(code, caller, nowMs);
  const credentials = mintCredentials(
    { type: 'user', userArn: caller.arn, mfaAuthenticated },
    { key, nowMs, durationSeconds: duration ?? defaultSeconds },
  );
  return {
    result: { Credentials: toCredentialsElement(credentials) },
    responseElements: { credentials: toTrailCredentials(credentials) },
  };
}

function toRequestParameters({ parameters }: StsCall): JsonObject | null {
  const serialNumber = parameters.get('SerialNumber');
  const shown = {
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...toTrailSession(parameters),
  };
  return Object.keys(shown).length === 0 ? null : shown;
}
