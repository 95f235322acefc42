import { AssumeRootCommand } from '@aws-sdk/client-sts';
import type { RootTokenService } from '../core/ports.ts';
import { callSts, type StsCallOptions, toGivenCredentials } from './call-sts.ts';

/** The sessions of root users, by the AWS SDK. The answer names nobody: its access key id is all that tells it apart. */
export const createSdkRootTokenService = (options: StsCallOptions): RootTokenService => ({
  assumeRoot: ({ targetPrincipal, taskPolicyArn, durationSeconds }, credentials) =>
    callSts(options, {
      credentials,
      send: async (client, call) =>
        toGivenCredentials(
          await client.send(
            new AssumeRootCommand({
              TargetPrincipal: targetPrincipal,
              TaskPolicyArn: { arn: taskPolicyArn },
              DurationSeconds: durationSeconds,
            }),
            call,
          ),
        ),
    }),
});
