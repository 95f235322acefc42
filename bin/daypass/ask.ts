import { ClientError } from '../../lib/client/client-error.ts';
import { toPrintable } from './printable.ts';
import type { Terminal } from './terminal.ts';

type Asking = Pick<Terminal, 'isInteractive' | 'signal'>;

/** What Ctrl-C and the end of the input become. */
const endings: readonly string[] = ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'];

/**
 * Asks yes or no, of what can't be taken back. No is the default.
 *
 * @param flag that answers it where nobody can be asked
 * @throws ClientError `usage` where nobody can be asked, `interrupted` for no and for Ctrl-C
 */
export async function requireConfirmation(
  question: string,
  { flag = '--yes', yes }: { readonly flag?: string; readonly yes: boolean },
  terminal: Asking,
): Promise<void> {
  if (yes) return;
  requireSomebody(terminal, flag);
  const message = toPrintable(question);
  const agreed = await ask(terminal, async ({ confirm }, context) =>
    confirm({ message, default: false }, context),
  );
  if (!agreed) throw new ClientError('interrupted', 'nothing was done');
}

/** Asks for what no one should read over a shoulder. @throws ClientError as above */
export async function askHidden(message: string, flag: string, terminal: Asking): Promise<string> {
  requireSomebody(terminal, flag);
  return ask(terminal, async ({ password }, context) => password({ message, mask: false }, context));
}

/** Asks for one of several. @throws ClientError as above */
export async function askToChoose<Value extends string>(
  message: string,
  choices: readonly { readonly value: Value; readonly description: string }[],
  { flag, ...terminal }: Asking & { readonly flag: string },
): Promise<Value> {
  requireSomebody(terminal, flag);
  const shown = choices.map(({ value, description }) => ({
    value,
    name: toPrintable(value),
    description: toPrintable(description),
  }));
  return ask(terminal, async ({ select }, context) => select<Value>({ message, choices: shown }, context));
}

/** Asks for a line that may be seen. @throws ClientError as above */
export async function askForText(message: string, flag: string, terminal: Asking): Promise<string> {
  requireSomebody(terminal, flag);
  return ask(terminal, async ({ input }, context) => input({ message, required: true }, context));
}

function requireSomebody({ isInteractive }: Asking, flag: string): void {
  if (isInteractive) return;
  throw new ClientError('usage', `nobody can be asked here; say it with ${flag}`);
}

type Prompts = typeof import('@inquirer/prompts');
interface PromptContext {
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

async function ask<Value>(
  { signal }: Asking,
  prompt: (prompts: Prompts, context: PromptContext) => Promise<Value>,
): Promise<Value> {
  const closing = new AbortController();
  // Of Ctrl-D and a terminal that is gone the prompt itself hears nothing, and would never end.
  const close = () => closing.abort();
  const onKey = (_text: unknown, key: { readonly ctrl?: boolean; readonly name?: string } = {}) => {
    if (key.ctrl && key.name === 'd') close();
  };
  process.stdin.on('keypress', onKey).once('end', close);
  try {
    const stops = AbortSignal.any([signal, closing.signal]);
    return await prompt(await import('@inquirer/prompts'), { output: process.stderr, signal: stops });
  } catch (cause) {
    if (cause instanceof Error && endings.includes(cause.name))
      throw new ClientError('interrupted', 'stopped', { cause });
    throw cause;
  } finally {
    process.stdin.off('keypress', onKey).off('end', close);
  }
}
