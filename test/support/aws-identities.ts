import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Credentials } from '../../local/create-tables.ts';
import { readWorld, type World } from '../../local/world.ts';
import type { RunningDaypass } from './running-daypass.ts';

export const worldFile = new URL('../../local/world.yaml', import.meta.url).pathname;

/** The long-term keys of a user of the local world, as `account/name`. */
export function userCredentials(user: string, world: World = readWorld(worldFile)): Credentials {
  const [accountId, name] = user.split('/');
  const found = [...world.users.values()].find((it) => it.accountId === accountId && it.name === name);
  if (found === undefined) throw new TypeError(`the world has no user ${user}`);
  return { accessKeyId: found.accessKeyId, secretAccessKey: found.secretAccessKey };
}

/** AssumeRole at the embedded STS, by the SDK. */
export async function assumeRole(
  daypass: Pick<RunningDaypass, 'aws'>,
  request: { readonly as: Credentials; readonly roleArn: string; readonly sessionName: string },
): Promise<Credentials> {
  const { as, roleArn: RoleArn, sessionName: RoleSessionName } = request;
  const client = new STSClient({ endpoint: daypass.aws, region: 'eu-west-1', credentials: as });
  const { Credentials: given } = await client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
  client.destroy();
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) {
    throw new Error(`AssumeRole gave no credentials of ${RoleArn}`);
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  };
}
