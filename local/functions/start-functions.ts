import { deployedFunctions, type FunctionName } from '../../lambda/core/function-roles.ts';
import { type FunctionRunner, startFunction } from './function-runner.ts';
import { type FunctionEnvironmentOptions, toFunctionEnvironment } from './to-function-environment.ts';

export interface Functions {
  /** @param qualifier the alias that it is invoked by, where it is by one */
  invoke(name: FunctionName, event: unknown, qualifier?: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface FunctionsOptions extends Omit<FunctionEnvironmentOptions, 'name' | 'credentials'> {
  readonly toCredentials: (name: FunctionName) => FunctionEnvironmentOptions['credentials'];
  readonly log: (line: string) => void;
}

/** Starts every function of the deployment, each with its own environment and credentials. */
export async function startFunctions({
  toCredentials,
  log,
  ...options
}: FunctionsOptions): Promise<Functions> {
  const names = deployedFunctions(options.configuration);
  const starting = names.map((name) =>
    startFunction({
      name,
      module: new URL(`../../lambda/functions/${name}.ts`, import.meta.url),
      environment: toFunctionEnvironment({ ...options, name, credentials: toCredentials(name) }),
      log,
    }),
  );
  const runners = new Map<FunctionName, FunctionRunner>();
  const close = async () => {
    await Promise.all([...runners.values()].map((runner) => runner.close()));
  };
  const started = await Promise.allSettled(starting);
  for (const [index, outcome] of started.entries()) {
    const name = names[index];
    if (outcome.status === 'fulfilled' && name !== undefined) runners.set(name, outcome.value);
  }
  const failure = started.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) {
    await close();
    throw failure.reason;
  }
  return {
    invoke: async (name, event, qualifier) => {
      const runner = runners.get(name);
      if (runner === undefined) throw new TypeError(`no function ${name}`);
      return runner.invoke(event, qualifier);
    },
    close,
  };
}
