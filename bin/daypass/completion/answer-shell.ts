import { listKnownProfiles } from '../../../lib/client/known-profiles.ts';
import type { CommandEntry } from '../command-entry.ts';
import type { Terminal } from '../terminal.ts';
import { type Candidate, type Completion, completeWords } from './complete-words.ts';
import type { CompletionShell } from './shell-scripts.ts';

/** Milliseconds that somebody who pressed Tab waits for a broker. */
const timeoutMs = 1_500;

/** Prints what may stand there; nothing where that can't be known. Never fails, and never says anything else. */
export async function answerShell(
  shell: CompletionShell,
  words: readonly string[],
  { terminal, entries }: { readonly terminal: Terminal; readonly entries: readonly CommandEntry[] },
): Promise<void> {
  const { env, now, signal } = terminal;
  const shown = entries.filter(({ hidden }) => hidden !== true);
  const whole = shell === 'bash' ? joinAtEquals(words) : words;
  const completion = await completeWords(whole, {
    commands: [...shown, helpEntry].map(({ name, summary }) => ({ word: name, description: summary })),
    loadCommand: async (name) => {
      const entry = shown.find((one) => one.name === name);
      return entry && (await entry.load())(terminal, entries);
    },
    listProfiles: () => listKnownProfiles(env, { now, signal, timeoutMs }),
  }).catch((): Completion => ({ kind: 'words', words: [] }));
  terminal.print(render(shell, completion, words.length - whole.length));
}

const helpEntry = { name: 'help', summary: 'display help for a command' };

/**
 * bash takes a word apart at each `=`, and puts what it is given in the place of the last piece. After `--` are another
 * command's words, whose number counts.
 */
function joinAtEquals(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1) ?? '';
    const isPiece = last.startsWith('--') && last !== '--' && (word === '=' || last.endsWith('='));
    if (isPiece && !joined.includes('--')) joined.splice(-1, 1, `${last}${word}`);
    else joined.push(word);
  }
  return joined;
}

/** @param joined by how many words the shell has more */
function render(shell: CompletionShell, completion: Completion, joined: number): string {
  if (completion.kind === 'files') return 'files\n';
  if (completion.kind === 'command') return `command ${completion.from + joined}\n`;
  const toWord = ({ word }: Candidate) => (shell === 'bash' ? word.replace(/^--[^=]*=/, '') : word);
  const lines = completion.words.map((one) => `${toWord(one)}\t${toOneLine(one.description)}\n`);
  return `words\n${lines.join('')}`;
}

const toOneLine = (text: string) => text.replaceAll(/\s+/g, ' ');
