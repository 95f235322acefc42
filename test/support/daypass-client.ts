import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { demoClientSecret } from '../../local/identity-provider/demo-callers.ts';
import type { RunningDaypass } from './running-daypass.ts';

/** What an answer of the broker says. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer's members are what the tests assert
  readonly json: any;
}

/** A fresh token of a demo caller, by the client credentials grant. */
export async function fetchToken(daypass: RunningDaypass, caller: string, issuer = 'okta'): Promise<string> {
  const answer = await fetch(`${daypass.identityProvider}/${issuer}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${caller}:${demoClientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`no token for ${caller}: ${answer.status}`);
  return token;
}

export async function call(
  daypass: RunningDaypass,
  request: {
    readonly token: string;
    readonly method?: string;
    readonly path: string;
    readonly body?: unknown;
  },
): Promise<Answer> {
  const { token, path, body, method = 'GET' } = request;
  const answer = await fetch(`${daypass.broker}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, json: toJson(text) };
}

export const issue = (
  daypass: RunningDaypass,
  token: string,
  profile: string,
  body?: unknown,
): Promise<Answer> =>
  call(daypass, { token, method: 'POST', path: `/v1/profiles/${profile}/credentials`, body });

/** The trail of the embedded AWS: its own record of what STS was asked and gave. */
export async function readTrail(daypass: RunningDaypass): Promise<readonly Answer['json'][]> {
  const answer = await fetch(`${daypass.aws}/_local/cloudtrail`);
  const { Records } = (await answer.json()) as { Records: readonly Answer['json'][] };
  return Records;
}

/** The broker account's copies of the AssumeRole events that the issuer function caused. */
export async function readAssumeRoles(daypass: RunningDaypass): Promise<readonly Answer['json'][]> {
  const records = await readTrail(daypass);
  return records.filter(
    ({ eventName, recipientAccountId, userIdentity }) =>
      eventName === 'AssumeRole' &&
      recipientAccountId === '111111111111' &&
      String(userIdentity.arn).includes('-issuer/'),
  );
}

export async function setFaults(daypass: RunningDaypass, faults: readonly object[]): Promise<void> {
  const answer = await fetch(`${daypass.aws}/_local/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  if (!answer.ok) throw new Error(`faults were not taken: ${answer.status} ${await answer.text()}`);
}

export async function callerIdentity(
  daypass: RunningDaypass,
  credentials: Answer['json'],
): Promise<string | undefined> {
  const client = new STSClient({
    endpoint: daypass.aws,
    region: 'eu-west-1',
    credentials: {
      accessKeyId: credentials.AccessKeyId,
      secretAccessKey: credentials.SecretAccessKey,
      sessionToken: credentials.SessionToken,
    },
  });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  return Arn;
}

function toJson(text: string): Answer['json'] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
