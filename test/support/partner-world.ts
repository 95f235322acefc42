import { STSClient } from '@aws-sdk/client-sts';
import { createSdkSecurityTokenService } from '../../lambda/adapters/sdk-security-token-service.ts';
import type { Integration } from '../../lambda/core/integrations/integration.ts';
import { denyAll } from '../../lambda/core/integrations/plan-probe.ts';
import { withoutSecrets } from '../../lambda/core/integrations/seen-session.ts';
import { createVerifyIntegration } from '../../lambda/core/integrations/verify-integration.ts';
import type { Intent, Outcome } from '../../lambda/core/issuance.ts';
import { readWorld, withRoles } from '../../local/world.ts';
import { policy, startTestAws, type TestCredentials } from '../local/aws/an-embedded-aws.ts';
import { callIam, problem } from '../local/aws/query-call.ts';
import { aConfiguration } from './a-configuration.ts';
import { userCredentials, worldFile } from './aws-identities.ts';
import { anAuthority, anIntegration, rightId, strangerHop } from './verifying.ts';

const role = (name: string) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`;
export const broker = {
  partition: 'aws',
  accountId: '111111111111',
  issuerRoleArn: role('integration-issuer'),
  proberRoleArn: role('prober'),
};

const lambda = policy({
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
});
const anyRole = 'arn:aws:iam::*:role/*';
const allow = (...Action: readonly string[]) => ({ Effect: 'Allow', Action, Resource: anyRole });
const denyWhere = (isMissing: 'true' | 'false') => ({
  Effect: 'Deny',
  Action: 'sts:AssumeRole',
  Resource: '*',
  Condition: { Null: { 'sts:ExternalId': isMissing } },
});

/** The broker's roles for third parties, and one of its account that no trust policy names. */
export const brokerRoles = [
  {
    arn: broker.issuerRoleArn,
    trust: lambda,
    policies: [policy(allow('sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'), denyWhere('true'))],
  },
  {
    arn: broker.proberRoleArn,
    trust: lambda,
    policies: [policy(allow('sts:AssumeRole'), denyWhere('false'))],
  },
  { arn: role('stranger'), trust: lambda, policies: [policy(allow('sts:AssumeRole'), denyWhere('true'))] },
];

const configuration = aConfiguration({});

/** The embedded AWS with the partner accounts of `local/world.yaml`, and verification over HTTP. */
export async function startPartnerWorld() {
  const aws = await startTestAws(withRoles(readWorld(worldFile), brokerRoles));
  const clients: STSClient[] = [];
  const toSts = async (roleArn: string) => {
    const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
    const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
    const found = (await answer.json()) as Record<'AccessKeyId' | 'SecretAccessKey' | 'Token', string>;
    const client = new STSClient({
      endpoint: aws.url,
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: {
        accessKeyId: found.AccessKeyId,
        secretAccessKey: found.SecretAccessKey,
        sessionToken: found.Token,
      },
    });
    clients.push(client);
    return createSdkSecurityTokenService({ toClient: () => client, timeoutMs: 5000 });
  };
  const [issuer, prober, stranger] = await Promise.all(brokerRoles.map(({ arn }) => toSts(arn)));
  if (issuer === undefined || prober === undefined || stranger === undefined) throw new TypeError('no STS');
  let ids = 0;

  /** Verifies a role that is somebody's; what is written down is in the answer. */
  const verify = async (changes: Partial<Integration>) => {
    const integration = anIntegration(changes);
    const intents: Intent[] = [];
    const outcomes: Outcome[] = [];
    const bare = {
      ...{ roleArn: integration.roleArn, roleSessionName: 'daypass-prober', durationSeconds: 900 },
      ...{ sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [], sessionPolicy: denyAll },
    };
    const verification = await createVerifyIntegration({
      configuration,
      issuances: {
        recordDenial: async () => undefined,
        recordIntent: async (intent) => void intents.push(intent),
        recordOutcome: async (_intent, outcome) => void outcomes.push(outcome),
      },
      proofs: { consume: async () => false },
      now: Date.now,
      newId: () => `01KDVDPJ00${String(ids++).padStart(16, '0')}`,
      newNonce: () => `nonce-${ids}`,
      newExternalId: () => `daypass-${crypto.randomUUID().replaceAll('-', '')}`,
      sts: issuer,
      prober: async ({ probe }) =>
        probe === 'no-id'
          ? { answer: withoutSecrets(await prober.assumeRole(bare)), hops: [] }
          : {
              answer: withoutSecrets(await stranger.assumeRole({ ...bare, externalId: rightId })),
              hops: [strangerHop],
            },
    })(integration, anAuthority);
    return { verification, intents, outcomes };
  };

  return {
    ...{ aws, verify },
    /** The engineer of a role's account gives it another trust policy. */
    setTrust: async (roleArn: string, document: unknown) => {
      const [account = '', name = ''] = [roleArn.split(':')[4], roleArn.split('/').at(-1)];
      const engineer: TestCredentials = userCredentials(`${account}/engineer`);
      const answer = await callIam(aws.url, engineer, {
        Action: 'UpdateAssumeRolePolicy',
        RoleName: name,
        PolicyDocument: JSON.stringify(document),
      });
      return problem(answer);
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      await aws.stop();
    },
  };
}
