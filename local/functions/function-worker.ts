import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import type { Invocation, WorkerData, WorkerMessage } from './messages.ts';

/** Lambda's side of a function: loads the module, then answers invocations. Runs in a worker thread of its own. */
type Handler = (event: unknown, context: Context) => unknown;

/** Milliseconds; API Gateway gives up after 29 s. */
const functionTimeoutMs = 29_000;

const port = parentPort;
if (port === null)
  throw new TypeError('function-worker.ts is started by function-runner.ts, in a worker thread');
const post = (message: WorkerMessage) => port.postMessage(message);

const handler = await loadHandler((workerData as WorkerData).module);
port.on('message', (invocation: Invocation) => void invoke(invocation));
post({ kind: 'ready' });

async function loadHandler(module: string): Promise<Handler> {
  const { handler } = (await import(module)) as { readonly handler?: unknown };
  if (typeof handler !== 'function') throw new TypeError(`${module} exports no function "handler"`);
  return handler as Handler;
}

async function invoke({ id, event, qualifier }: Invocation): Promise<void> {
  try {
    const result = await handler(JSON.parse(event), toContext(id, qualifier));
    post({ kind: 'result', id, result: JSON.stringify(result ?? null) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ kind: 'error', id, errorType: name, errorMessage: message });
  }
}

function toContext(awsRequestId: string, qualifier: string | undefined): Context {
  const name = process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  const unqualified = `arn:aws:lambda:${process.env['AWS_REGION']}:000000000000:function:${name}`;
  const deadline = Date.now() + functionTimeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: [unqualified, ...(qualifier === undefined ? [] : [qualifier])].join(':'),
    memoryLimitInMB: '512',
    awsRequestId,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
