import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { callIam, problem } from '../local/aws/query-call.ts';
import { userCredentials } from './aws-identities.ts';
import type { Answer } from './daypass-client.ts';
import { readCli } from './kit-forms.ts';
import type { RunningDaypass } from './running-daypass.ts';

type Aws = Pick<RunningDaypass, 'aws'>;

/** Runs each command of an AWS CLI script as the engineer of an account, by IAM's own protocol: how each ended. */
export async function runScript({ aws }: Aws, accountId: string, script: string): Promise<readonly string[]> {
  const ended: string[] = [];
  for (const [operation, options] of Object.entries(readCli(script))) {
    const fields = Object.entries(options).map(([option, value]) => [toPascal(option), value]);
    const answer = await callIam(aws, userCredentials(`${accountId}/engineer`), {
      Action: toPascal(operation),
      ...Object.fromEntries(fields),
    });
    ended.push(`${operation}: ${problem(answer)}`);
  }
  return ended;
}

/** `role-name`: `RoleName`. */
const toPascal = (kebab: string): string =>
  kebab.replace(/(?:^|-)([a-z])/g, (_found, letter: string) => letter.toUpperCase());

/** What the function answers to an event, invoked as an operator of the broker's account. */
export async function invokeAs(
  { aws }: Aws,
  user: string,
  { functionName, event }: { readonly functionName: string; readonly event: unknown },
): Promise<Answer['json']> {
  const client = new LambdaClient({
    ...{ endpoint: aws, region: 'eu-west-1', maxAttempts: 1 },
    credentials: userCredentials(user),
  });
  try {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
    const { Payload = new Uint8Array(), FunctionError } = await client.send(command);
    const answer = JSON.parse(new TextDecoder().decode(Payload));
    if (FunctionError !== undefined) throw new Error(JSON.stringify(answer));
    return answer;
  } finally {
    client.destroy();
  }
}

/** Proves all third parties now, whenever each was proven last. */
export const verifyAllEvent = { task: 'verify-integrations', olderThanSeconds: 0 };
export const integrationsFunction = 'daypass-prod-eu-west-1-integrations';
