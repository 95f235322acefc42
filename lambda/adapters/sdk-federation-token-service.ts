import { GetFederationTokenCommand, type GetFederationTokenCommandOutput } from '@aws-sdk/client-sts';
import type { Deployment } from '../core/configuration.ts';
import type { FederationTokenRequest, FederationTokenService, StsAnswer } from '../core/ports.ts';
import { callSts, orUndefined, type StsCallOptions, toGivenCredentials, toUnreadable } from './call-sts.ts';

export interface FederationTokenServiceOptions
  extends StsCallOptions,
    Pick<Deployment, 'partition' | 'accountId'> {}

/** The sessions of federated users, by the AWS SDK. */
export const createSdkFederationTokenService = (
  options: FederationTokenServiceOptions,
): FederationTokenService => ({
  getFederationToken: (request, key) =>
    callSts(options, {
      credentials: key,
      send: async (client, call) => toIssued(await client.send(toCommand(request), call), request, options),
    }),
});

const toCommand = ({ name, durationSeconds, sessionPolicy, sessionTags }: FederationTokenRequest) =>
  new GetFederationTokenCommand({
    Name: name,
    DurationSeconds: durationSeconds,
    Policy: sessionPolicy,
    Tags: orUndefined(Object.entries(sessionTags).map(([Key, Value]) => ({ Key, Value }))),
  });

/** Only a whole answer for the very federated user that was asked for counts. */
function toIssued(
  output: GetFederationTokenCommandOutput,
  { name }: FederationTokenRequest,
  { partition, accountId }: FederationTokenServiceOptions,
): StsAnswer {
  const given = toGivenCredentials(output);
  if (given.state !== 'ISSUED') return given;
  const { Arn: arn, FederatedUserId: federatedUserId } = output.FederatedUser ?? {};
  if (
    arn !== `arn:${partition}:sts::${accountId}:federated-user/${name}` ||
    federatedUserId !== `${accountId}:${name}`
  ) {
    return toUnreadable('the answer is not for the federated user that was asked for', given.requestId);
  }
  return { ...given, federatedUser: { arn, federatedUserId } };
}
