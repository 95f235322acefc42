import { randomBytes, timingSafeEqual } from 'node:crypto';
import { authorize } from '../../lambda/core/policy/authorize.ts';
import type { World } from '../world.ts';
import { type Credentials, mintCredentials } from './credentials.ts';
import type { DataKey } from './data-key.ts';
import { toIsoSeconds } from './principal-context.ts';

/** Where a function's SDK gets its credentials: `AWS_CONTAINER_CREDENTIALS_FULL_URI` and `AWS_CONTAINER_AUTHORIZATION_TOKEN`. */
export interface ServiceCredentials {
  readonly uri: string;
  readonly authorizationToken: string;
}

export interface ServiceCredentialsSource {
  /** @throws TypeError when the role doesn't exist or doesn't trust Lambda. */
  register(roleArn: string): { readonly name: string; readonly authorizationToken: string };
  /** Fresh credentials; `undefined` for an unknown name or a wrong token. */
  mint(name: string, authorization: string | undefined): Credentials | undefined;
}

/** As long as SDKs keep them; they ask again some minutes before the end. */
const durationSeconds = 3600;

/**
 * What the Lambda service does for a function: it assumes the function's role and hands the credentials over. It's no
 * call of anybody's account to STS here, so there's no CloudTrail record of it.
 */
export function createServiceCredentials(options: {
  readonly world: World;
  readonly key: DataKey;
  readonly now: () => number;
}): ServiceCredentialsSource {
  const { world, key, now } = options;
  const registered = new Map<string, { readonly roleArn: string; readonly token: Buffer }>();
  return {
    register: (roleArn) => {
      requireTrustsLambda(world, roleArn, now());
      const name = randomBytes(8).toString('hex');
      const authorizationToken = randomBytes(32).toString('base64url');
      registered.set(name, { roleArn, token: Buffer.from(authorizationToken) });
      return { name, authorizationToken };
    },
    mint: (name, authorization = '') => {
      const entry = registered.get(name);
      const presented = Buffer.from(authorization);
      if (entry?.token.length !== presented.length || !timingSafeEqual(entry.token, presented))
        return undefined;
      // Lambda names the session after the function; a broker's function and its role share the name.
      const sessionName = world.roles.get(entry.roleArn)?.name ?? 'function';
      const session = {
        type: 'role' as const,
        roleArn: entry.roleArn,
        sessionName,
        tags: {},
        transitiveTagKeys: [],
        policyArns: [],
      };
      return mintCredentials(session, { key, nowMs: now(), durationSeconds });
    },
  };
}

function requireTrustsLambda(world: World, roleArn: string, nowMs: number): void {
  const role = world.roles.get(roleArn);
  if (role === undefined) throw new TypeError(`${roleArn} is not a role of the world`);
  const { effect } = authorize({
    request: {
      principal: { type: 'Service', service: 'lambda.amazonaws.com' },
      action: 'sts:AssumeRole',
      resource: roleArn,
      context: new Map([
        ['aws:currenttime', toIsoSeconds(nowMs)],
        ['aws:principalisawsservice', 'true'],
      ]),
    },
    identityPolicies: [],
    resourcePolicy: role.trust,
    resourceAccountId: role.accountId,
  });
  if (effect === 'Allow') return;
  throw new TypeError(
    `the trust policy of ${roleArn} must allow sts:AssumeRole to Service lambda.amazonaws.com`,
  );
}
