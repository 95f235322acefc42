/**
 * A process of an application that uses the AWS SDK for JavaScript: `sdk-caller.ts <endpoint> <chain|fromHttp>`, one
 * client for its life. Reads `call` (GetCallerIdentity) or `advance <ms>` (its clock goes ahead; its signatures stay
 * at the real time, as with an SDK that corrects a skew), and answers each with a line of JSON.
 */
import { createInterface } from 'node:readline';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromHttp } from '@aws-sdk/credential-provider-http';

const [, , endpoint = '', source] = process.argv;
const realNow = Date.now;
const client = new STSClient({
  endpoint,
  region: 'eu-west-1',
  ...(source === 'fromHttp' ? { credentials: fromHttp() } : {}),
});

for await (const line of createInterface({ input: process.stdin })) {
  const [command, argument] = line.split(' ');
  console.log(JSON.stringify(command === 'advance' ? advance(Number(argument)) : await call()));
}
client.destroy();

function advance(ms: number): object {
  Date.now = () => realNow() + ms;
  client.config.systemClockOffset = -ms;
  return {};
}

async function call(): Promise<object> {
  try {
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));
    const { accessKeyId, expiration } = await client.config.credentials();
    return { arn: Arn, accessKeyId, expiration };
  } catch (error) {
    const { name, message } = error as Error;
    // What AWS's own providers of credentials are read for beside the message.
    const { Code, Message } = error as { readonly Code?: string; readonly Message?: string };
    return { error: name, message, Code, Message };
  }
}
