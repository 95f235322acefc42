import { describe, expect, it } from '@jest/globals';
import { awaitFunctions } from '../../../local/functions/await-functions.ts';
import type { Functions } from '../../../local/functions/start-functions.ts';

function someFunctions() {
  let closed = 0;
  const functions: Functions = {
    invoke: async (name, event) => ({ name, event }),
    close: async () => {
      closed += 1;
    },
  };
  return { functions, closed: () => closed };
}

describe('awaitFunctions', () => {
  it('answers an invocation from before the start once the functions have started', async () => {
    const awaited = awaitFunctions();
    const early = awaited.invoke('audit', { a: 1 });

    await awaited.begin(Promise.resolve(someFunctions().functions));

    expect(await early).toEqual({ name: 'audit', event: { a: 1 } });
    expect(await awaited.invoke('issuer', {})).toEqual({ name: 'issuer', event: {} });
  });

  it('fails an invocation as the start failed', async () => {
    const awaited = awaitFunctions();
    const early = awaited.invoke('audit', {});
    const failed = awaited.begin(Promise.reject(new Error('no audit.ts')));

    await expect(failed).rejects.toThrow('no audit.ts');
    await expect(early).rejects.toThrow('no audit.ts');
  });

  it('closes what has started, and nothing otherwise', async () => {
    const { functions, closed } = someFunctions();
    const awaited = awaitFunctions();

    await awaited.close();
    expect(closed()).toBe(0);
    await awaited.begin(Promise.resolve(functions));
    await awaited.close();
    expect(closed()).toBe(1);
  });
});
