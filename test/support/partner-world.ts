import { STSClient } from '@aws-sdk/client-sts';
import { ulid } from 'ulid';
import { createSdkSecurityTokenService } from '../../lambda/adapters/sdk-security-token-service.ts';
import { toRoleArn } from '../../lambda/core/function-roles.ts';
import type { Integration } from '../../lambda/core/integrations/integration.ts';
import { createProbeIntegration } from '../../lambda/core/integrations/probe-integration.ts';
import { createVerifyIntegration } from '../../lambda/core/integrations/verify-integration.ts';
import type { Intent, Outcome } from '../../lambda/core/issuance.ts';
import type { Credentials } from '../../lambda/core/ports.ts';
import { toBrokerRoles } from '../../local/broker-roles.ts';
import { readWorld, withRoles } from '../../local/world.ts';
import { startTestAws, type TestCredentials } from '../local/aws/an-embedded-aws.ts';
import { callIam, problem } from '../local/aws/query-call.ts';
import { userCredentials, worldFile } from './aws-identities.ts';
import { aVerifiedIntegration, integrationsConfiguration } from './issuing-for-integrations.ts';
import { reconciliationTables } from './reconciliation-tables.ts';
import { aRecordingLogger } from './recording-logger.ts';
import { anAuthority, anIntegration } from './verifying.ts';

const { trust } = aVerifiedIntegration();
const role = (name: string) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`;
export const broker = {
  partition: 'aws',
  accountId: '111111111111',
  issuerRoleArn: role('integration-issuer'),
  proberRoleArn: role('prober'),
};

const configuration = integrationsConfiguration;
const { worldRoles } = toBrokerRoles(configuration, {
  ...{ issuances: 'issuances', proofs: 'proofs', integrations: 'integrations' },
  ...reconciliationTables,
});
const strangerRoleArn = toRoleArn(configuration.deployment, 'stranger');

const toBrokerRole = (arn: string) => {
  const found = worldRoles.find((one) => one.arn === arn);
  if (found === undefined) throw new TypeError(`the broker has no role ${arn}`);
  return found;
};

/** The roles that ask for partners' roles, as the stack makes them. */
export const brokerRoles = {
  issuer: toBrokerRole(broker.issuerRoleArn),
  prober: toBrokerRole(broker.proberRoleArn),
  stranger: toBrokerRole(strangerRoleArn),
};

/** The embedded AWS with the partner accounts of `local/world.yaml`, and verification over HTTP. */
export async function startPartnerWorld() {
  const aws = await startTestAws(withRoles(readWorld(worldFile), worldRoles));
  const clients: STSClient[] = [];
  const toClient = (credentials: Credentials) => {
    const client = new STSClient({
      ...{ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1, credentials: { ...credentials } },
    });
    clients.push(client);
    return client;
  };
  const toSts = async (roleArn: string) => {
    const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
    const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
    const found = (await answer.json()) as Record<'AccessKeyId' | 'SecretAccessKey' | 'Token', string>;
    const own = toClient({
      ...{
        accessKeyId: found.AccessKeyId,
        secretAccessKey: found.SecretAccessKey,
        sessionToken: found.Token,
      },
      expiration: new Date(Date.now() + 900_000),
    });
    return createSdkSecurityTokenService({
      toClient: (credentials) => (credentials === undefined ? own : toClient(credentials as Credentials)),
      timeoutMs: 5000,
    });
  };
  const issuer = await toSts(broker.issuerRoleArn);
  const prober = await toSts(broker.proberRoleArn);

  /** Verifies a role that is somebody's; what is written down is in the answer. */
  const verify = async (changes: Partial<Integration>, authority = anAuthority) => {
    const integration = aVerifiedIntegration({ ...anIntegration(), trust, ...changes });
    const intents: Intent[] = [];
    const outcomes: Outcome[] = [];
    const change = { operation: 'create', at: new Date().toISOString(), nonce: 'nonce' } as const;
    const verification = await createVerifyIntegration({
      configuration,
      issuances: {
        recordDenial: async () => undefined,
        recordIntent: async (intent) => void intents.push(intent),
        recordOutcome: async (_intent, outcome) => void outcomes.push(outcome),
      },
      proofs: { consume: async () => false },
      now: Date.now,
      newId: ulid,
      newNonce: () => 'nonce',
      newExternalId: () => `daypass-${crypto.randomUUID().replaceAll('-', '')}`,
      sts: issuer,
      prober: createProbeIntegration({
        ...{ configuration, strangerRoleArn, sts: prober, logger: aRecordingLogger() },
        store: { find: async () => ({ integration, change }) },
      }),
    })(integration, authority);
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
