import { afterEach, describe, expect, it } from '@jest/globals';
import { type FunctionRunner, startFunction } from '../../../local/functions/function-runner.ts';

const lines: string[] = [];
let runner: FunctionRunner | undefined;

async function start(environment: Readonly<Record<string, string>> = {}, module = 'stand-in') {
  runner = await startFunction({
    name: 'issuer',
    module: new URL(`../../support/functions/${module}.ts`, import.meta.url),
    environment,
    log: (line) => lines.push(line),
  });
  return runner;
}

afterEach(async () => {
  await runner?.close();
  runner = undefined;
  lines.length = 0;
});

describe('startFunction', () => {
  it('gives the result of the handler when it is invoked with an event', async () => {
    const { invoke } = await start();

    expect(await invoke({ act: 'echo', text: 'ö\u0000"' })).toEqual({ text: 'ö\u0000"' });
  });

  it('gives the function its own environment and nothing of this process', async () => {
    process.env['AWS_PROFILE'] = 'of-the-developer';
    const { invoke } = await start({ DAYPASS_STAGE: 'prod' });

    const environment = await invoke({ act: 'environment' });

    delete process.env['AWS_PROFILE'];
    expect(environment).toEqual({ DAYPASS_STAGE: 'prod' });
  });

  it('hands the function the context of an invocation of its own', async () => {
    const { invoke } = await start({ AWS_LAMBDA_FUNCTION_NAME: 'daypass-issuer' });

    const [first, second] = (await Promise.all([
      invoke({ act: 'context' }),
      invoke({ act: 'context' }),
    ])) as readonly { readonly name: string; readonly id: string; readonly left: number }[];

    expect(first).toMatchObject({ name: 'daypass-issuer', left: expect.any(Number) });
    expect(first?.id).not.toBe(second?.id);
  });

  it('tells the function by which ARN it is invoked: with an alias, or without', async () => {
    const { invoke } = await start({ AWS_LAMBDA_FUNCTION_NAME: 'daypass-issuer' });

    const plain = await invoke({ act: 'context' });
    const aliased = await invoke({ act: 'context' }, 'verify');

    expect([plain, aliased]).toMatchObject([
      { arn: expect.stringMatching(/:function:daypass-issuer$/) },
      { arn: expect.stringMatching(/:function:daypass-issuer:verify$/) },
    ]);
  });

  it('runs invocations at the same time', async () => {
    const { invoke } = await start();

    const both = Promise.all([invoke({ act: 'wait', text: 'a' }), invoke({ act: 'wait', text: 'a' })]);

    expect(await both).toEqual(['met', 'met']);
  });

  it('rejects with name and message when the handler throws', async () => {
    const { invoke } = await start();

    await expect(invoke({ act: 'throw', text: 'Unauthorized' })).rejects.toMatchObject({
      name: 'FunctionError',
      errorType: 'RangeError',
      errorMessage: 'Unauthorized',
    });
    expect(await invoke({ act: 'echo' })).toEqual({ text: '' });
  });

  it.each(['crash', 'exit'])(
    'rejects what is under way and starts anew when the worker ends by %s',
    async (act) => {
      const { invoke } = await start({ DAYPASS_STAGE: 'prod' });

      const waiting = expect(invoke({ act: 'wait', text: 'never' })).rejects.toMatchObject({
        name: 'FunctionCrashedError',
      });
      await expect(invoke({ act, text: 'boom' })).rejects.toMatchObject({ name: 'FunctionCrashedError' });

      await waiting;
      expect(await invoke({ act: 'environment' })).toEqual({ DAYPASS_STAGE: 'prod' });
    },
  );

  it('logs each line with the name of the function when it prints', async () => {
    const { invoke, close } = await start();

    await invoke({ act: 'print', text: 'a' });
    await close();

    expect(lines).toEqual(
      expect.arrayContaining(['[issuer] out a', '[issuer] err a', '[issuer] second line']),
    );
    expect(lines).toHaveLength(3);
  });

  it('is rejected with the reason when the module fails to load', async () => {
    await expect(start({}, 'misconfigured')).rejects.toThrow(/issuer ended with .*X is not set/);
  });

  it('is rejected when the module exports no handler', async () => {
    await expect(start({}, 'without-handler')).rejects.toThrow(/exports no function "handler"/);
  });
});
