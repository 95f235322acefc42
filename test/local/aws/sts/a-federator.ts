import {
  GetFederationTokenCommand,
  type GetFederationTokenCommandInput,
  type GetSessionTokenCommandOutput,
} from '@aws-sdk/client-sts';
import {
  allowAllOfSts,
  aWorld,
  home,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const user = (number: number, ...policies: readonly object[]) => ({
  accessKeyId: `AKIAFEDERATOR${String(number).padStart(7, '0')}`,
  secretAccessKey: String(number).padStart(40, 'f'),
  policies,
});
export const allow = (
  Action: string | readonly string[],
  Resource: string | readonly string[] = '*',
  more = {},
) => ({ Effect: 'Allow', Action, Resource, ...more }) as const;
export const federatedArn = (name: string) => `arn:aws:sts::${home}:federated-user/${name}`;
export const table = (name: string) => `arn:aws:dynamodb:eu-west-1:${home}:table/${name}`;

export const users = {
  // As a custom broker's: what a session may do at most is what the user itself may.
  federator: user(
    1,
    policy(
      allow(['sts:GetFederationToken', 'sts:TagSession']),
      allow('dynamodb:*', table('app-*')),
      allow('dynamodb:ListTables'),
      { Effect: 'Deny', Action: 'dynamodb:DescribeTable', Resource: table('app-secret') },
    ),
  ),
  managers: user(2, policy(allow('sts:GetFederationToken', federatedArn('Manager*')))),
  silent: user(3, policy(allow('dynamodb:*'))),
  teams: user(
    4,
    policy(
      allow('sts:GetFederationToken'),
      allow('sts:TagSession', '*', {
        Condition: {
          StringEquals: { 'aws:RequestTag/Team': ['payments', 'web'] },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] },
        },
      }),
      allow('dynamodb:DescribeTable', table(`\${aws:PrincipalTag/Team}-*`)),
    ),
  ),
  // What the stack gives a federator: the data permissions are for its sessions alone.
  sealed: user(
    5,
    policy(
      allow('sts:GetFederationToken'),
      allow('dynamodb:*', '*', { Condition: { Null: { 'aws:TokenIssueTime': 'false' } } }),
    ),
  ),
};

export const all = JSON.stringify(policy(allow('*')));

/** Users who may federate, each in a way of its own. */
export function startFederationAws(): Promise<TestAws> {
  const managed = policy(allow('dynamodb:DescribeTable', table('app-managed')));
  const managedPolicies = Object.fromEntries(
    Array.from({ length: 11 }, (_, index) => [`arn:aws:iam::aws:policy/Managed${index}`, managed]),
  );
  const trust = policy({ Effect: 'Allow', Principal: { AWS: home }, Action: 'sts:AssumeRole' });
  const everybody = policy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
  return startTestAws(
    aWorld(
      {
        [home]: {
          users,
          roles: { Role: { trust, policies: [allowAllOfSts] }, Everybody: { trust: everybody } },
        },
      },
      { managedPolicies },
    ),
  );
}

export const federate = (
  aws: TestAws,
  input: Partial<GetFederationTokenCommandInput> = {},
  as: TestCredentials = users.federator,
) => aws.sts(as).send(new GetFederationTokenCommand({ Name: 'Bob', ...input }));

/** Credentials of the federated user. */
export async function federatedSession(
  ...call: Parameters<typeof federate>
): Promise<Required<TestCredentials>> {
  return toTestCredentials(await federate(...call));
}

export function toTestCredentials({
  Credentials: given,
}: GetSessionTokenCommandOutput): Required<TestCredentials> {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
