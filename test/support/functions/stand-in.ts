import type { Context } from 'aws-lambda';

/** Stands for a function of the broker: the event says what to do. */
interface StandInEvent {
  readonly act: 'echo' | 'environment' | 'print' | 'throw' | 'crash' | 'exit' | 'wait' | 'context';
  readonly text?: string;
}

const started = new Map<string, () => void>();

export async function handler({ act, text = '' }: StandInEvent, context: Context): Promise<unknown> {
  switch (act) {
    case 'echo':
      return { text };
    case 'environment':
      return { ...process.env };
    case 'print':
      process.stdout.write(`out ${text}\n`);
      console.error(`err ${text}\nsecond line`);
      return null;
    case 'throw':
      throw new RangeError(text);
    case 'crash':
      setImmediate(() => {
        throw new Error(text);
      });
      return new Promise(() => {});
    case 'exit':
      process.exit(3);
      break;
    // The first waits for the second: they must be in the function at the same time.
    case 'wait': {
      const other = started.get(text);
      other?.();
      return other === undefined ? new Promise((resolve) => started.set(text, () => resolve('met'))) : 'met';
    }
    case 'context':
      return {
        name: context.functionName,
        id: context.awsRequestId,
        arn: context.invokedFunctionArn,
        left: context.getRemainingTimeInMillis(),
      };
  }
}
