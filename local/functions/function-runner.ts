import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { FunctionCrashedError, FunctionError } from './function-errors.ts';
import type { Invocation, WorkerData, WorkerMessage } from './messages.ts';

export interface FunctionRunner {
  /** Rejects with a FunctionError when the handler threw, with a FunctionCrashedError when its worker ended. */
  invoke(event: unknown, qualifier?: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface FunctionRunnerOptions {
  readonly name: string;
  /** The module that exports `handler`. */
  readonly module: URL;
  /** All of the function's environment: nothing of this process's own gets in. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes what the function prints, line by line. */
  readonly log: (line: string) => void;
}

/**
 * Runs one function in a worker thread of its own, with an environment of its own, and waits until it has loaded.
 * Unlike in Lambda one instance takes several invocations at once: handlers must not keep a request's state between
 * awaits outside of the request. A worker that ended is replaced at the next invocation.
 */
export async function startFunction(options: FunctionRunnerOptions): Promise<FunctionRunner> {
  let instance: Instance | undefined = startInstance(options, forget);
  let closed = false;
  function forget(ended: Instance): void {
    if (instance === ended) instance = undefined;
  }
  await instance.ready;
  return {
    invoke: async (event, qualifier) => {
      if (closed) throw new FunctionCrashedError(`function ${options.name} has been closed`);
      instance ??= startInstance(options, forget);
      const { invoke, ready } = instance;
      await ready;
      return invoke(event, qualifier);
    },
    close: async () => {
      closed = true;
      await instance?.terminate();
    },
  };
}

interface Instance {
  readonly ready: Promise<void>;
  invoke(event: unknown, qualifier?: string): Promise<unknown>;
  terminate(): Promise<void>;
}

function startInstance(
  { name, module, environment, log }: FunctionRunnerOptions,
  onEnd: (instance: Instance) => void,
): Instance {
  const workerData: WorkerData = { module: module.href };
  const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
    name,
    workerData,
    env: { ...environment },
    stdout: true,
    stderr: true,
  });
  for (const input of [worker.stdout, worker.stderr]) {
    createInterface({ input }).on('line', (line) => log(`[${name}] ${line}`));
  }
  const ready = Promise.withResolvers<void>();
  // Whoever waits sees the rejection; when nobody does, it must not end this process.
  ready.promise.catch(() => {});
  const pending = new Map<string, PromiseWithResolvers<unknown>>();
  let ended: FunctionCrashedError | undefined;
  const instance: Instance = {
    ready: ready.promise,
    invoke: (event, qualifier) => {
      // A worker may end between its readiness and this: nobody would ever answer.
      if (ended !== undefined) return Promise.reject(ended);
      const invocation: Invocation = {
        ...{ id: randomUUID(), event: JSON.stringify(event) },
        ...(qualifier === undefined ? {} : { qualifier }),
      };
      const answer = Promise.withResolvers<unknown>();
      pending.set(invocation.id, answer);
      worker.postMessage(invocation);
      return answer.promise;
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
  const end = (reason: string) => {
    ended ??= new FunctionCrashedError(`function ${name} ${reason}`);
    ready.reject(ended);
    for (const { reject } of pending.values()) reject(ended);
    pending.clear();
    onEnd(instance);
  };
  worker.on('error', (error: unknown) => {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    for (const line of stack.split('\n')) log(`[${name}] ${line}`);
    end(`ended with ${message}`);
  });
  worker.on('exit', (code) => end(`ended with exit code ${code}`));
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'ready') ready.resolve();
    else settle(pending, message);
  });
  return instance;
}

function settle(
  pending: Map<string, PromiseWithResolvers<unknown>>,
  message: Exclude<WorkerMessage, { readonly kind: 'ready' }>,
): void {
  const answer = pending.get(message.id);
  pending.delete(message.id);
  if (message.kind === 'result') answer?.resolve(JSON.parse(message.result));
  else answer?.reject(new FunctionError(message.errorType, message.errorMessage));
}
