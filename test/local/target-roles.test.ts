import {
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CompactSign } from 'jose';
import { createSdkRootTokenService } from '../../lambda/adapters/sdk-root-token-service.ts';
import { createSdkSecurityTokenService } from '../../lambda/adapters/sdk-security-token-service.ts';
import { createStsCalls } from '../../lambda/core/ask-sts.ts';
import { type Profile, toRoleArns } from '../../lambda/core/configuration.ts';
import { decideIssuance } from '../../lambda/core/decide-issuance.ts';
import { toRoleArn } from '../../lambda/core/function-roles.ts';
import { planIssuance } from '../../lambda/core/plan-issuance.ts';
import type { Principal } from '../../lambda/core/principal.ts';
import { toRequestContext } from '../../lambda/core/request-context.ts';
import { readConfigurationFile } from '../../lib/config.ts';
import { issuingStatements } from '../../lib/issuing-permissions.ts';
import { type TargetRole, toTargetRoles } from '../../lib/target-role.ts';
import { parseWorld, withRoles } from '../../local/world.ts';
import { withOidcProviders } from '../../local/world-with-providers.ts';
import { anOrigin, aPrincipal } from '../support/a-principal.ts';
import { type LoopbackIssuer, startLoopbackIssuer } from '../support/loopback-issuer.ts';
import { policy, startTestAws, type TestAws, type TestCredentials } from './aws/an-embedded-aws.ts';
import { aSigner } from './aws/sts/web-identity-world.ts';

const { configuration } = readConfigurationFile('config/daypass.yaml');
const { deployment, profiles } = configuration;
const url = 'https://daypass.example.com';

const sre = { claims: { groups: ['sre'], team: 'payments' }, mfa: true };
/** Who may have each of the example's profiles, and what else they ask for. */
const callers: Readonly<Record<string, Partial<Principal>>> = {
  'prod-readonly': sre,
  'ci-deploy': {
    issuer: 'github-actions',
    subject: 'repo:example/shop:ref:refs/heads/main',
    claims: { repository: 'example/shop', ref: 'refs/heads/main' },
  },
  'prod-operations': {
    issuer: 'aws',
    subject: 'arn:aws:iam::222222222222:role/AWSReservedSSO_PlatformAdmin_0123456789abcdef',
    claims: { permissionSet: 'PlatformAdmin' },
    aws: { accountId: '222222222222' },
  },
  'team-data': sre,
  'data-via-production': sre,
  'data-long': sre,
  'root-audit': sre,
  'partner-token': sre,
  'acme-reports': { issuer: 'acme', claims: { service: 'reports' } },
  'partner-drop': { issuer: 'partner', subject: 'partner' },
};

const names = Object.keys(callers);
const rolesOf = (name: string) => toTargetRoles(name, { configuration, url });
const targets: ReadonlyMap<string, TargetRole> = new Map(
  names.flatMap(rolesOf).map((role) => [role.roleArn, role]),
);
const accounts = ['111111111111', '222222222222', '333333333333', '444444444444', '555555555555'];
const engineer = (accountId: string): TestCredentials => ({
  accessKeyId: `AKIAENGINEER${accountId.slice(0, 8)}`,
  secretAccessKey: 'e'.repeat(40),
});

/** Accounts with nothing in them but somebody who makes roles. */
const emptyWorld = parseWorld(
  JSON.stringify({
    region: deployment.region,
    accounts: Object.fromEntries(
      accounts.map((id) => [
        id,
        {
          name: `account-${id}`,
          organizationId: 'o-exampleorg1',
          ...(id === '555555555555' ? { managementAccount: true } : {}),
          users: {
            engineer: {
              ...engineer(id),
              policies: [policy({ Effect: 'Allow', Action: 'iam:*', Resource: '*' })],
            },
          },
        },
      ]),
    ),
  }),
  'world',
);

let aws: TestAws;
let idp: LoopbackIssuer;
let issue: (name: string) => Promise<string>;
const clients: { destroy(): void }[] = [];

beforeAll(async () => {
  idp = await startLoopbackIssuer();
  const key = await aSigner('one', 'RS256');
  idp.publish([key.jwk]);
  const issuer = {
    arn: toRoleArn(deployment, 'issuer'),
    trust: policy({
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    }),
    policies: [policy(...issuingStatements(configuration))],
  };
  const provider = {
    accountId: '333333333333',
    name: 'daypass.example.com',
    url: idp.url,
    clientIds: ['sts.amazonaws.com'],
  };
  aws = await startTestAws(withOidcProviders(withRoles(emptyWorld, [issuer]), [provider]));
  const own = await credentialsOf(issuer.arn);
  const toClient = (credentials: TestCredentials = own) => {
    const client = new STSClient({
      endpoint: aws.url,
      region: deployment.region,
      maxAttempts: 1,
      credentials: { ...credentials },
    });
    clients.push(client);
    return client;
  };
  const ports = {
    sts: createSdkSecurityTokenService({ toClient, timeoutMs: 10_000 }),
    root: createSdkRootTokenService({ toClient, timeoutMs: 10_000 }),
    webIdentity: {
      // Where the provider's documents are served: a token of the embedded AWS may name that as its issuer.
      url: idp.url,
      signer: {
        sign: ({ claims }: { readonly claims: object }) =>
          new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
            .setProtectedHeader({ alg: 'RS256', kid: 'one', typ: 'JWT' })
            .sign(key.privateKey),
      },
    },
  };
  issue = async (name) => {
    const nowMs = Date.now();
    const now = Math.floor(nowMs / 1000);
    const principal = aPrincipal({ issuedAt: now, expiresAt: now + 600, ...callers[name] });
    const origin = anOrigin();
    const decision = decideIssuance(toProfile(name), principal, toRequestContext(principal, origin, nowMs));
    if (decision.effect === 'Deny') throw new Error(`${name}: ${decision.detail}`);
    const attempt = {
      ...{ id: '01KDVDPJ000000000000000000', nonce: 'n', createdAt: new Date(nowMs).toISOString() },
      ...{ principal: { issuer: principal.issuer, subject: principal.subject }, profile: name },
      ...{ ...origin, expiresAtSeconds: now + 3600, region: deployment.region },
    };
    const plan = planIssuance(decision, attempt, toNarrowing(name));
    const { answer } = await createStsCalls(plan, {}, ports).ask();
    return answer.state === 'ISSUED' ? 'ISSUED' : `${answer.state} ${answer.errorCode}`;
  };
  for (const role of targets.values()) await create(role);
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await aws.stop();
  await idp.close();
});

/** Of a profile that gives tokens of AWS's alone, the session that asks for them. */
function toProfile(name: string): Profile | undefined {
  const profile = profiles.get(name);
  if (profile?.mechanism !== 'assume-role') return profile;
  const { webIdentityToken, ...rest } = profile;
  return rest;
}

/** As much as a caller can ask for. */
const toNarrowing = (name: string) => {
  const { acceptedTagKeys = [], duration } = profiles.get(name) ?? {};
  return {
    reason: 'a drill',
    ...(duration === undefined ? {} : { durationSeconds: duration.maxSeconds }),
    sessionTags: Object.fromEntries(acceptedTagKeys.map((key) => [key, 'audit'])),
  };
};

async function credentialsOf(roleArn: string): Promise<TestCredentials> {
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const given = (await answer.json()) as Record<'AccessKeyId' | 'SecretAccessKey' | 'Token', string>;
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.Token,
  };
}

function iamOf({ accountId }: TargetRole): IAMClient {
  const credentials = { ...engineer(accountId) };
  const client = new IAMClient({ endpoint: aws.url, region: 'us-east-1', maxAttempts: 1, credentials });
  clients.push(client);
  return client;
}

/** As CloudFormation makes it of the template. */
async function create(role: TargetRole): Promise<void> {
  const { name, path, description, maxSessionSeconds, trust, onward } = role;
  await iamOf(role).send(
    new CreateRoleCommand({
      ...{ RoleName: name, Path: path, Description: description, MaxSessionDuration: maxSessionSeconds },
      AssumeRolePolicyDocument: JSON.stringify(trust),
    }),
  );
  if (onward.length === 0) return;
  const PolicyDocument = JSON.stringify(policy(...onward));
  await iamOf(role).send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'GoOn', PolicyDocument }));
}

const trustAnew = (role: TargetRole, Statement: readonly object[]) =>
  iamOf(role).send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: role.name,
      PolicyDocument: JSON.stringify(policy(...Statement)),
    }),
  );

describe('target roles in an account where nothing else is', () => {
  it.each(names)('let %s in, with all that it may ask for', async (name) => {
    expect(await issue(name)).toBe('ISSUED');
  });

  it.each([...targets.keys()])('need each statement of the trust policy: %s', async (roleArn) => {
    const role = targets.get(roleArn);
    if (role === undefined) throw new TypeError('no such role');
    const entering = names.filter((name) => toRoleArns(profiles.get(name) as Profile).includes(roleArn));
    const { Statement } = role.trust;

    for (const left of Statement) {
      await trustAnew(
        role,
        Statement.filter((statement) => statement !== left),
      );
      const answers = await Promise.all(entering.map(issue));
      expect([left.Sid, answers.filter((answer) => answer !== 'ISSUED').length > 0]).toEqual([
        left.Sid,
        true,
      ]);
      expect(answers.filter((answer) => !/^(ISSUED|REFUSED AccessDenied)$/.test(answer))).toEqual([]);
    }
    await trustAnew(role, Statement);
    expect(await Promise.all(entering.map(issue))).toEqual(entering.map(() => 'ISSUED'));
  });

  it('are refused to every profile of the example for which there is none, in words', () => {
    const others = [...profiles.keys()].filter((name) => !names.includes(name));

    expect(others.sort()).toEqual(['ci-direct', 'federated-reports', 'saml-reports']);
    for (const name of others) expect(() => rolesOf(name)).toThrow(`profiles.${name}.mechanism: `);
  });
});
