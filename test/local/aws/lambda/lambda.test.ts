import { InvokeCommand, type InvokeCommandInput, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InvokeByName } from '../../../../local/aws/lambda/lambda.ts';
import { FunctionCrashedError, FunctionError } from '../../../../local/functions/function-errors.ts';
import {
  admin,
  aWorld,
  away,
  home,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const limited = { accessKeyId: 'AKIALIMITEDLIMITED01', secretAccessKey: 'b'.repeat(40) };
const aliased = { accessKeyId: 'AKIAALIASEDALIASED01', secretAccessKey: 'd'.repeat(40) };
const abroad = { accessKeyId: 'AKIAABROADABROADAB01', secretAccessKey: 'c'.repeat(40) };
const arnOf = (name: string, account = home) => `arn:aws:lambda:eu-west-1:${account}:function:${name}`;

const world = aWorld({
  [home]: {
    users: {
      limited: {
        ...limited,
        policies: [policy({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arnOf('echo') })],
      },
      aliased: {
        ...aliased,
        policies: [
          policy({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: `${arnOf('echo')}:verify` }),
        ],
      },
    },
  },
  [away]: {
    users: {
      abroad: { ...abroad, policies: [policy({ Effect: 'Allow', Action: 'lambda:*', Resource: '*' })] },
    },
  },
});

const invoked: string[] = [];
const functions: InvokeByName = async (name, event, qualifier) => {
  invoked.push(name);
  if (qualifier === 'nothing') return undefined;
  if (name === 'echo') return { result: { event, qualifier } };
  if (name === 'throws') throw new FunctionError('TypeError', 'no such thing');
  if (name === 'ends') throw new FunctionCrashedError('function ends ended with exit code 1');
  return undefined;
};

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(world, { invokeByName: functions });
});
afterAll(() => aws.stop());

/** The answer, or the error as an SDK names it; and whether any function ran. */
async function call(
  input: Partial<InvokeCommandInput>,
  { credentials = admin, region = 'eu-west-1' }: { credentials?: TestCredentials; region?: string } = {},
) {
  const client = new LambdaClient({
    endpoint: aws.url,
    region,
    maxAttempts: 1,
    credentials: { ...credentials },
  });
  invoked.length = 0;
  try {
    const answer = await client.send(
      new InvokeCommand({ FunctionName: 'echo', Payload: '{"task":"x"}', ...input }),
    );
    const { StatusCode, FunctionError: error, Payload } = answer;
    return { status: StatusCode, error, payload: JSON.parse(Buffer.from(Payload ?? []).toString()) };
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode?: number } };
    return { name, message, status: $metadata.httpStatusCode };
  } finally {
    client.destroy();
  }
}

describe('the embedded Lambda', () => {
  it.each([['echo'], [arnOf('echo')], [`${home}:function:echo`]])(
    'hands the event to %s and answers with the result',
    async (FunctionName) => {
      expect(await call({ FunctionName })).toEqual({
        status: 200,
        error: undefined,
        payload: { event: { task: 'x' } },
      });
    },
  );

  it.each<[Partial<InvokeCommandInput>]>([
    [{ Qualifier: 'verify' }],
    [{ FunctionName: 'echo:verify' }],
    [{ FunctionName: `${arnOf('echo')}:verify` }],
    [{ FunctionName: 'echo:verify', Qualifier: 'verify' }],
  ])('invokes an alias by %j, with a permission for it alone', async (input) => {
    const answer = { status: 200, payload: { qualifier: 'verify' } };

    expect(await call(input, { credentials: aliased })).toMatchObject(answer);
  });

  it.each<[string, Partial<InvokeCommandInput>, TestCredentials]>([
    ['the function by a permission for its alias', {}, aliased],
    ['another alias', { Qualifier: 'verify2' }, aliased],
    ['the newest version by its name', { Qualifier: '$LATEST' }, aliased],
    ['an alias in other case', { Qualifier: 'Verify' }, aliased],
    ['an alias by a permission for the function', { Qualifier: 'verify' }, limited],
    ['an alias in the name by that permission', { FunctionName: 'echo:verify' }, limited],
  ])('denies %s, and runs nothing', async (_what, input, credentials) => {
    expect(await call(input, { credentials })).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(invoked).toEqual([]);
  });

  it.each<[string, Partial<InvokeCommandInput>, string]>([
    [
      'two different ones',
      { FunctionName: 'echo:verify', Qualifier: 'other' },
      'InvalidParameterValueException',
    ],
    ['what is none', { Qualifier: 'a:b' }, 'ValidationException'],
    ['one that is not there', { Qualifier: 'nothing' }, 'ResourceNotFoundException'],
  ])('refuses a qualifier: %s', async (_what, input, name) => {
    expect(await call(input)).toMatchObject({ name });
  });

  it('answers 200 with a function error when the handler throws, as AWS does', async () => {
    expect(await call({ FunctionName: 'throws' })).toEqual({
      status: 200,
      error: 'Unhandled',
      payload: { errorType: 'TypeError', errorMessage: 'no such thing', trace: [] },
    });
  });

  it('answers with a function error when the process ended', async () => {
    expect(await call({ FunctionName: 'ends' })).toMatchObject({ status: 200, error: 'Unhandled' });
  });

  it('knows no function of another name', async () => {
    expect(await call({ FunctionName: 'nobody' })).toMatchObject({
      name: 'ResourceNotFoundException',
      status: 404,
    });
  });

  it('lets in who is allowed that very function', async () => {
    expect(await call({}, { credentials: limited })).toMatchObject({ status: 200 });
  });

  it.each([
    ['another function', { FunctionName: 'throws' }, limited],
    ['one that is not there', { FunctionName: 'nobody' }, limited],
    ['a function whose name begins alike', { FunctionName: 'echo2' }, limited],
    ['the name in other case', { FunctionName: 'Echo' }, limited],
    ['a function in another account', { FunctionName: arnOf('echo', away) }, limited],
    [
      'our function from another account, whatever its own policies allow',
      { FunctionName: arnOf('echo') },
      abroad,
    ],
    [
      'the function in another region',
      { FunctionName: arnOf('echo').replace('eu-west-1', 'us-east-1') },
      limited,
    ],
  ])('denies %s, and runs nothing', async (_what, input, credentials) => {
    expect(await call(input, { credentials })).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(invoked).toEqual([]);
  });

  it.each([
    ['a wrong secret', { credentials: { ...admin, secretAccessKey: 'x'.repeat(40) } }],
    ['an unknown key', { credentials: { ...admin, accessKeyId: 'AKIANOBODYNOBODYNO01' } }],
    ['a signature for another region', { region: 'us-east-1' }],
  ])('refuses %s, and runs nothing', async (_what, caller) => {
    expect(await call({}, caller)).toMatchObject({ status: 403 });
    expect(invoked).toEqual([]);
  });

  it.each([
    ['an event', { InvocationType: 'Event' as const }, 'InvalidParameterValueException'],
    ['a dry run', { InvocationType: 'DryRun' as const }, 'InvalidParameterValueException'],
    ['what is no JSON', { Payload: '{"task"' }, 'InvalidRequestContentException'],
  ])('refuses %s, and runs nothing', async (_what, input, name) => {
    expect(await call(input)).toMatchObject({ name, status: 400 });
    expect(invoked).toEqual([]);
  });

  it.each([
    ['throttle', 'TooManyRequestsException', 429],
    ['500', 'ServiceException', 500],
    ['accessdenied', 'AccessDeniedException', 403],
  ] as const)('fails by %s as AWS does, and runs nothing', async (kind, name, status) => {
    aws.faults.replace([{ service: 'lambda', operation: 'Invoke', kind, times: 1 }]);

    expect(await call({})).toMatchObject({ name, status });
    expect(invoked).toEqual([]);
    expect(await call({})).toMatchObject({ status: 200 });
  });

  it('has run the function whose answer is lost', async () => {
    aws.faults.replace([{ service: 'lambda', kind: 'lost', times: 1 }]);

    expect(await call({})).toMatchObject({ status: undefined });
    expect(invoked).toEqual(['echo']);
  });
});
