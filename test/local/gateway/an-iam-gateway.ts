import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routes } from '../../../lambda/http/routes.ts';
import { createAuthenticate } from '../../../local/aws/authenticate.ts';
import { mintCredentials } from '../../../local/aws/credentials.ts';
import { openDataKey } from '../../../local/aws/data-key.ts';
import { startGateway } from '../../../local/gateway/gateway.ts';
import { type GatewayApi, toMethodArn } from '../../../local/gateway/to-proxy-event.ts';
import { parseWorld } from '../../../local/world.ts';

// biome-ignore lint/suspicious/noExplicitAny: events are what the tests assert
type Json = any;

export const home = '111111111111';
export const away = '222222222222';
export const alone = '444444444444';
export const api: GatewayApi = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: home,
  apiId: 'local',
  stage: 'prod',
};

export const invoke = (Effect: string, more: object = {}) => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource: '*',
  ...more,
});
export const policy = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });
export const everybody = policy(invoke('Allow', { Principal: '*' }));

const trust = policy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' });
const toUser = (number: number, ...policies: readonly object[]) => ({
  accessKeyId: `AKIA${String(number).padStart(9, '0')}EXAMPLE`,
  secretAccessKey: String(number).padStart(40, 'x'),
  policies,
});
const allowed = policy(invoke('Allow'));
const denied = policy(invoke('Allow'), invoke('Deny'));

/** Each account has a user and a role with an Allow, without, and with a Deny. */
const accounts = Object.fromEntries(
  [home, away, alone].map((id, index) => [
    id,
    {
      name: id,
      ...(id === alone ? {} : { organizationId: 'o-exampleorg1' }),
      users: {
        allowed: toUser(index * 10 + 1, allowed),
        silent: toUser(index * 10 + 2),
        denied: toUser(index * 10 + 3, denied),
      },
      roles: {
        'team/Allowed': { trust, policies: [allowed] },
        Silent: { trust },
        Denied: { trust, policies: [denied] },
      },
    },
  ]),
);

export interface IamGateway {
  readonly url: string;
  readonly events: readonly Json[];
  readonly invoked: readonly string[];
  user(accountId: string, name: string): { readonly accessKeyId: string; readonly secretAccessKey: string };
  session(
    roleArn: string,
    options?: { readonly sessionName?: string; readonly policy?: object },
  ): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  /** Of GetSessionToken. */
  userSession(
    accountId: string,
    name: string,
    options: { readonly mfaAuthenticated: boolean },
  ): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  /** Of GetFederationToken, with the user's keys. */
  federated(
    userArn: string,
    options?: { readonly name?: string; readonly policy?: object },
  ): { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
  stop(): Promise<void>;
}

/** The gateway with the embedded AWS's own authentication, and functions that answer with an empty object. */
export async function startIamGateway(options: {
  readonly resourcePolicy?: unknown;
  readonly now?: () => number;
}): Promise<IamGateway> {
  const { resourcePolicy = everybody, now = Date.now } = options;
  const directory = mkdtempSync(join(tmpdir(), 'daypass-gateway-'));
  const key = openDataKey(directory);
  const world = parseWorld(JSON.stringify({ region: 'eu-west-1', accounts }), 'world');
  const events: Json[] = [];
  const invoked: string[] = [];
  const gateway = await startGateway({
    port: 0,
    routes,
    api,
    resourcePolicy,
    authenticate: createAuthenticate({ world, key, expired: { has: () => false, add: () => {} }, now }),
    now,
    invoke: async (name, event) => {
      invoked.push(name);
      events.push(structuredClone(event));
      return name === 'authorizer'
        ? {
            principalId: 'sre',
            policyDocument: policy(invoke('Allow')),
            context: { principal: '{}' },
          }
        : { statusCode: 200, body: '{}' };
    },
  });
  return {
    url: gateway.url,
    events,
    invoked,
    user: (accountId, name) => {
      const arn = `arn:aws:iam::${accountId}:user/${name}`;
      const found = [...world.users.values()].find((user) => user.arn === arn);
      if (found === undefined) throw new TypeError(`no user ${arn}`);
      return { accessKeyId: found.accessKeyId, secretAccessKey: found.secretAccessKey };
    },
    session: (roleArn, { sessionName = 'jane@example.com', policy: sessionPolicy } = {}) =>
      mintCredentials(
        {
          type: 'role',
          roleArn,
          sessionName,
          tags: {},
          transitiveTagKeys: [],
          policyArns: [],
          ...(sessionPolicy === undefined ? {} : { policy: JSON.stringify(sessionPolicy) }),
        },
        { key, nowMs: now(), durationSeconds: 900 },
      ),
    userSession: (accountId, name, { mfaAuthenticated }) =>
      mintCredentials(
        { type: 'user', userArn: `arn:aws:iam::${accountId}:user/${name}`, mfaAuthenticated },
        { key, nowMs: now(), durationSeconds: 900 },
      ),
    federated: (userArn, { name = 'jane@example.com', policy: sessionPolicy } = {}) =>
      mintCredentials(
        {
          type: 'federated-user',
          userArn,
          name,
          tags: {},
          policyArns: [],
          ...(sessionPolicy === undefined ? {} : { policy: JSON.stringify(sessionPolicy) }),
        },
        { key, nowMs: now(), durationSeconds: 900 },
      ),
    stop: async () => {
      await gateway.close(0);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const methodArn = (method: 'GET' | 'POST', path: string) => toMethodArn(api, { method, path });
