import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  AssumeRoleWithWebIdentityCommand,
} from '@aws-sdk/client-sts';
import type {
  AssumeRoleRequest,
  AssumeRoleWithWebIdentityRequest,
  SecurityTokenService,
  StsAnswer,
  StsFailure,
} from '../core/ports.ts';
import { callSts, orUndefined, type StsCallOptions, toGivenCredentials, toUnreadable } from './call-sts.ts';
import { toSessionPrefix } from './session-arn.ts';
import { withoutQuotes } from './without-quotes.ts';

/** The sessions of roles, by the AWS SDK. */
export const createSdkSecurityTokenService = (options: StsCallOptions): SecurityTokenService => ({
  assumeRole: (request, credentials) =>
    callSts(options, {
      credentials,
      send: async (client, call) => toIssued(await client.send(toCommand(request), call), request),
    }),
  assumeRoleWithWebIdentity: async (request) => {
    const answer = await callSts(options, {
      send: async (client, call) => toIssued(await client.send(toWebIdentityCommand(request), call), request),
    });
    return answer.state === 'ISSUED' ? answer : withoutToken(answer, request);
  },
});

const toWebIdentityCommand = (request: AssumeRoleWithWebIdentityRequest): AssumeRoleWithWebIdentityCommand =>
  new AssumeRoleWithWebIdentityCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.roleSessionName,
    WebIdentityToken: request.webIdentityToken,
    DurationSeconds: request.durationSeconds,
    Policy: request.sessionPolicy,
    PolicyArns: orUndefined(request.managedPolicyArns.map((arn) => ({ arn }))),
  });

/** A message that quotes the parameter, or a part of it, would take the token into the row and the log. */
const withoutToken = (
  answer: StsFailure,
  { webIdentityToken }: AssumeRoleWithWebIdentityRequest,
): StsAnswer => ({ ...answer, detail: withoutQuotes(answer.detail, webIdentityToken, '(token)') });

function toCommand(request: AssumeRoleRequest): AssumeRoleCommand {
  const { roleArn, roleSessionName, durationSeconds, sourceIdentity, externalId, sessionPolicy } = request;
  const { sessionTags, transitiveTagKeys, managedPolicyArns } = request;
  return new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: roleSessionName,
    DurationSeconds: durationSeconds,
    SourceIdentity: sourceIdentity,
    ExternalId: externalId,
    Policy: sessionPolicy,
    PolicyArns: orUndefined(managedPolicyArns.map((arn) => ({ arn }))),
    Tags: orUndefined(Object.entries(sessionTags).map(([Key, Value]) => ({ Key, Value }))),
    TransitiveTagKeys: orUndefined([...transitiveTagKeys]),
  });
}

/** Only a whole answer for the very session that was asked for counts. */
function toIssued(
  output: Pick<AssumeRoleCommandOutput, 'Credentials' | 'AssumedRoleUser' | 'PackedPolicySize' | '$metadata'>,
  { roleArn, roleSessionName }: Pick<AssumeRoleRequest, 'roleArn' | 'roleSessionName'>,
): StsAnswer {
  const given = toGivenCredentials(output);
  if (given.state !== 'ISSUED') return given;
  const { Arn, AssumedRoleId } = output.AssumedRoleUser ?? {};
  if (!Arn || !AssumedRoleId) return toUnreadable('no assumed role', given.requestId);
  if (Arn !== `${toSessionPrefix(roleArn)}${roleSessionName}`)
    return toUnreadable('the answer is for another session', given.requestId);
  return { ...given, assumedRole: { arn: Arn, assumedRoleId: AssumedRoleId } };
}
