import { AssumeRoleWithSAMLCommand, type AssumeRoleWithSAMLCommandOutput } from '@aws-sdk/client-sts';
import type { AssumeRoleWithSamlRequest, SamlTokenService, StsAnswer, StsFailure } from '../core/ports.ts';
import { stsLimits } from '../core/sts-limits.ts';
import { callSts, orUndefined, type StsCallOptions, toGivenCredentials, toUnreadable } from './call-sts.ts';
import { toSessionPrefix } from './session-arn.ts';
import { withoutQuotes } from './without-quotes.ts';

/** The sessions of roles by the caller's own assertion, by the AWS SDK: the call is not signed. */
export const createSdkSamlTokenService = (options: StsCallOptions): SamlTokenService => ({
  assumeRoleWithSaml: async (request) => {
    const answer = await callSts(options, {
      send: async (client, call) => toIssued(await client.send(toCommand(request), call), request),
    });
    return answer.state === 'ISSUED' ? answer : withoutAssertion(answer, request);
  },
});

const toCommand = (request: AssumeRoleWithSamlRequest): AssumeRoleWithSAMLCommand =>
  new AssumeRoleWithSAMLCommand({
    RoleArn: request.roleArn,
    PrincipalArn: request.principalArn,
    SAMLAssertion: request.samlAssertion,
    DurationSeconds: request.durationSeconds,
    Policy: request.sessionPolicy,
    PolicyArns: orUndefined(request.managedPolicyArns.map((arn) => ({ arn }))),
  });

/** A message that quotes the parameter, or a part of it, would take the assertion into the row and the log. */
const withoutAssertion = (answer: StsFailure, { samlAssertion }: AssumeRoleWithSamlRequest): StsFailure => ({
  ...answer,
  detail: withoutQuotes(answer.detail, samlAssertion, '(assertion)'),
});

/** Only a whole answer for a session of the very role counts. Its name is the assertion's to choose. */
function toIssued(
  output: AssumeRoleWithSAMLCommandOutput,
  { roleArn }: AssumeRoleWithSamlRequest,
): StsAnswer {
  const given = toGivenCredentials(output);
  if (given.state !== 'ISSUED') return given;
  const { Arn = '', AssumedRoleId } = output.AssumedRoleUser ?? {};
  if (Arn === '' || !AssumedRoleId) return toUnreadable('no assumed role', given.requestId);
  const prefix = toSessionPrefix(roleArn);
  const isOfRole = Arn.startsWith(prefix) && stsLimits.roleSessionName.pattern.test(Arn.slice(prefix.length));
  if (!isOfRole) return toUnreadable('the answer is for another session', given.requestId);
  return { ...given, assumedRole: { arn: Arn, assumedRoleId: AssumedRoleId } };
}
