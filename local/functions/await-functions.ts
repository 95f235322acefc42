import type { Functions } from './start-functions.ts';

/** Functions that start after those who call them: an invocation waits until they have, or fails as their start did. */
export interface AwaitedFunctions extends Functions {
  /** Rejects as the start does. */
  begin(starting: Promise<Functions>): Promise<void>;
}

export function awaitFunctions(): AwaitedFunctions {
  const started = Promise.withResolvers<Functions>();
  // Whoever waits sees the rejection; when nobody does, it must not end this process.
  started.promise.catch(() => {});
  let functions: Functions | undefined;
  return {
    begin: async (starting) => {
      started.resolve(starting);
      functions = await starting;
    },
    invoke: async (name, event, qualifier) => (await started.promise).invoke(name, event, qualifier),
    close: async () => functions?.close(),
  };
}
