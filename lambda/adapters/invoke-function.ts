import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

export interface InvokeFunctionOptions {
  /** With `maxAttempts: 1`: what a function did before its answer was lost is not done a second time. */
  readonly client: Pick<LambdaClient, 'send'>;
  readonly functionName: string;
  /** An alias of the function's. @default none */
  readonly qualifier?: string;
  /** Milliseconds for the whole call, after which its answer is not waited for. */
  readonly timeoutMs: number;
}

export type Invoked =
  | { readonly state: 'ANSWERED'; readonly answer: unknown }
  /** `hasRun`: whether the function may have done something all the same. */
  | {
      readonly state: 'FAILED';
      readonly hasRun: boolean;
      readonly isThrottled: boolean;
      readonly errorCode: string;
      readonly detail: string;
    };

/** Hands an event to another function of the broker's and waits for its answer. Never rejects. */
export async function invokeFunction(
  { client, functionName, qualifier, timeoutMs }: InvokeFunctionOptions,
  event: object,
): Promise<Invoked> {
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({
        FunctionName: functionName,
        ...(qualifier === undefined ? {} : { Qualifier: qualifier }),
        InvocationType: 'RequestResponse',
        Payload: JSON.stringify(event),
      }),
      { abortSignal: AbortSignal.timeout(timeoutMs) },
    );
    // What it says of its error may quote anything; it stands in its own log.
    if (FunctionError !== undefined) return toFailed(FunctionError, 'the function ended with an error');
    return { state: 'ANSWERED', answer: parse(Payload) };
  } catch (error) {
    return toNotAnswered(error);
  }
}

const parse = (payload: Uint8Array | undefined): unknown =>
  payload === undefined ? undefined : JSON.parse(Buffer.from(payload).toString('utf8'));

const toFailed = (errorCode: string, detail: string): Invoked => ({
  ...{ state: 'FAILED', hasRun: true, isThrottled: false },
  ...{ errorCode, detail },
});

const throttlingNames: readonly unknown[] = ['TooManyRequestsException', 'ThrottlingException'];

/** The invocation was refused, or never left. */
const notRunNames: readonly unknown[] = [
  ...throttlingNames,
  ...['AccessDeniedException', 'ResourceNotFoundException', 'CredentialsProviderError'],
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'],
];

function toNotAnswered(error: unknown): Invoked {
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  const errorCode = [code, name].find((value) => typeof value === 'string' && value !== '');
  const detail = error instanceof SyntaxError ? 'the answer is no JSON' : 'the function could not be asked';
  return {
    state: 'FAILED',
    hasRun: !notRunNames.includes(name) && !notRunNames.includes(code),
    isThrottled: throttlingNames.includes(name),
    errorCode: String(errorCode ?? 'Error'),
    detail,
  };
}
