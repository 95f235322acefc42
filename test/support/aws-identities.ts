import {
  AssumeRoleCommand,
  type AssumeRoleCommandOutput,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { toTotpCode, toTotpStep } from '../../local/aws/totp.ts';
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

/** GetSessionToken at the embedded STS, by the SDK: without MFA unless a code comes with it. */
export async function getSessionToken(
  daypass: Pick<RunningDaypass, 'aws'>,
  request: { readonly as: Credentials; readonly mfa?: MfaCode },
): Promise<Credentials> {
  const { as, mfa } = request;
  const client = new STSClient({ endpoint: daypass.aws, region: 'eu-west-1', credentials: as });
  const answer = await client.send(
    new GetSessionTokenCommand(
      mfa === undefined ? {} : { SerialNumber: mfa.serialNumber, TokenCode: mfa.tokenCode },
    ),
  );
  client.destroy();
  return toCredentials('GetSessionToken', answer);
}

export interface MfaCode {
  readonly serialNumber: string;
  readonly tokenCode: string;
}

/** What the first MFA device of a user of the local world shows, so many steps of 30 seconds from now. */
export function mfaCode(user: string, steps = 0): MfaCode {
  const [accountId, name] = user.split('/');
  const arn = `arn:aws:iam::${accountId}:user/${name}`;
  const [device] = readWorld(worldFile).allUsers.get(arn)?.mfaDevices ?? [];
  if (device === undefined) throw new TypeError(`the world has no MFA device of ${user}`);
  const { serialNumber, secret } = device;
  return { serialNumber, tokenCode: toTotpCode(secret, toTotpStep(Date.now()) + steps) };
}

/** GetFederationToken at the embedded STS, by the SDK. */
export async function getFederationToken(
  daypass: Pick<RunningDaypass, 'aws'>,
  request: { readonly as: Credentials; readonly name: string; readonly policy?: object },
): Promise<Credentials> {
  const { as, name: Name, policy } = request;
  const client = new STSClient({ endpoint: daypass.aws, region: 'eu-west-1', credentials: as });
  const Policy = policy === undefined ? {} : { Policy: JSON.stringify(policy) };
  const answer = await client.send(new GetFederationTokenCommand({ Name, ...Policy }));
  client.destroy();
  return toCredentials('GetFederationToken', answer);
}

/** AssumeRole at the embedded STS, by the SDK. */
export async function assumeRole(
  daypass: Pick<RunningDaypass, 'aws'>,
  request: { readonly as: Credentials; readonly roleArn: string; readonly sessionName: string },
): Promise<Credentials> {
  const { as, roleArn: RoleArn, sessionName: RoleSessionName } = request;
  const client = new STSClient({ endpoint: daypass.aws, region: 'eu-west-1', credentials: as });
  const answer = await client.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
  client.destroy();
  return toCredentials(`AssumeRole of ${RoleArn}`, answer);
}

function toCredentials(call: string, { Credentials: given }: AssumeRoleCommandOutput): Credentials {
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) {
    throw new Error(`${call} gave no credentials`);
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  };
}
