import { callIam, problem } from '../local/aws/query-call.ts';
import { userCredentials } from './aws-identities.ts';
import type { Answer } from './daypass-client.ts';
import { readCliTrust } from './kit-forms.ts';
import type { RunningDaypass } from './running-daypass.ts';

/** An integration as it is created; its role is one of the local world's partners. */
export const anIntegrationDocument = (changes: Readonly<Record<string, unknown>> = {}) => ({
  name: 'globex',
  description: 'Reports of Globex',
  owner: 'partners@example.com',
  roleArn: 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight',
  duration: { defaultSeconds: 900, maxSeconds: 900 },
  sessionTags: { Broker: 'daypass' },
  trust: [{ Sid: 'Sre', Effect: 'Allow', Principal: { Federated: 'okta' }, Condition: isSre }],
  ...changes,
});

const isSre = { 'ForAnyValue:StringEquals': { 'claims:groups': ['sre'] } };

/** A call of `/v1/integrations…` as somebody. */
export async function callIntegrations(
  daypass: RunningDaypass,
  request: {
    readonly token: string;
    readonly method?: string;
    /** After `/v1/integrations`. */
    readonly path?: string;
    readonly body?: unknown;
    readonly ifMatch?: string;
  },
): Promise<Answer> {
  const { token, path = '', body, method = 'GET', ifMatch } = request;
  const answer = await fetch(`${daypass.broker}/v1/integrations${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  let json: Answer['json'];
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: answer.headers, text, json };
}

/** What a platform engineer does with one integration: each change is made for the version that is the newest. */
export function aManager(daypass: RunningDaypass, token: string) {
  const ask = (request: Omit<Parameters<typeof callIntegrations>[1], 'token'>) =>
    callIntegrations(daypass, { token, ...request });
  const read = (name: string) => ask({ path: `/${name}` });
  return {
    ask,
    read,
    create: async (changes: Parameters<typeof anIntegrationDocument>[0] = {}) =>
      ask({ method: 'POST', body: anIntegrationDocument(changes) }),
    change: async (name: string, operation: string, body?: unknown) => {
      const { headers } = await read(name);
      return ask({
        method: 'POST',
        path: `/${name}/${operation}`,
        ifMatch: headers.get('etag') ?? '',
        ...(body === undefined ? {} : { body }),
      });
    },
    kit: async (name: string, format: string) =>
      (await ask({ path: `/${name}/onboarding?format=${format}` })).text,
    verify: async (name: string) => {
      const { status, json, text } = await ask({ method: 'POST', path: `/${name}/verify` });
      if (status !== 200) throw new Error(`not verified: ${status} ${text}`);
      const findings: readonly { readonly code: string }[] = json.verification.findings;
      return {
        state: json.integration.state as string,
        result: json.verification.result as string,
        findings: findings.map(({ code }) => code),
        json,
      };
    },
  };
}

/** The partner's engineer gives the role that trust policy, by IAM. */
export async function setTrust(
  { aws }: Pick<RunningDaypass, 'aws'>,
  roleArn: string,
  document: string,
): Promise<string> {
  const account = roleArn.split(':')[4] ?? '';
  return problem(
    await callIam(aws, userCredentials(`${account}/engineer`), {
      Action: 'UpdateAssumeRolePolicy',
      RoleName: roleArn.split('/').at(-1) ?? '',
      PolicyDocument: document,
    }),
  );
}

/** The partner's engineer gives a role that is there the trust policy of the kit's command. */
export async function runKitCommands(
  { aws }: Pick<RunningDaypass, 'aws'>,
  roleArn: string,
  script: string,
): Promise<string> {
  const { roleName: RoleName, policy: PolicyDocument } = readCliTrust(script);
  const account = roleArn.split(':')[4] ?? '';
  return problem(
    await callIam(aws, userCredentials(`${account}/engineer`), {
      Action: 'UpdateAssumeRolePolicy',
      RoleName,
      PolicyDocument,
    }),
  );
}
