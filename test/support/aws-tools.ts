import type { Answer } from './daypass-client.ts';
import { type Conversation, converse, type Ended, runProgram } from './run-program.ts';

/** Debian's, not whichever stands first on the PATH. */
export const awsCli = '/usr/bin/aws';
export const debianPython = '/usr/bin/python3';

/** An interpreter with a current boto3, whose version Debian's is years behind; CI sets it. */
export const currentPython = process.env['BOTO3_PYTHON'];

/** Each boto3 that there is to try. */
export const boto3s: readonly { readonly name: string; readonly python: string }[] = [
  { name: "Debian's boto3", python: debianPython },
  ...(currentPython === undefined ? [] : [{ name: 'a current boto3', python: currentPython }]),
];

const common = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
};

type Environment = Readonly<Record<string, string>>;

/** One command of the AWS CLI at an endpoint. */
export const aws = (endpoint: string, args: readonly string[], env: Environment): Promise<Ended> =>
  runProgram(awsCli, [...args, '--endpoint-url', endpoint, '--output', 'json'], {
    env: { ...common, ...env },
  });

/** Who the AWS CLI is. */
export async function awsIdentity(endpoint: string, env: Environment, ...args: readonly string[]) {
  const { code, stdout, stderr } = await aws(endpoint, ['sts', 'get-caller-identity', ...args], env);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Answer['json'];
}

const boto3Script = new URL('boto3-caller.py', import.meta.url).pathname;

/** An application with boto3; see boto3-caller.py for what it understands. */
export const startBoto3 = (python: string, endpoint: string, env: Environment): Conversation =>
  converse(python, [boto3Script, endpoint], { env: { ...common, ...env } });

export async function boto3Identity(python: string, endpoint: string, env: Environment) {
  const application = startBoto3(python, endpoint, env);
  try {
    return await application.ask('call');
  } finally {
    await application.end();
  }
}
