import { renameSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';
import { readIfPresent } from './read-if-present.ts';

/** What a service keeps over a restart: one small file, for this user's eyes only. */
export interface StateFile<State> {
  /** As it was at the last start; `undefined` when there's none yet. */
  readonly initial: State | undefined;
  write(state: State): void;
}

/** How a state becomes the file's text. @default JSON as it is */
export interface StateCodec {
  readonly encode: (text: string) => string;
  readonly decode: (text: string) => string;
}

const plain: StateCodec = { encode: (text) => text, decode: (text) => text };

/** @throws z.ZodError or SyntaxError when the file holds something else: what was there is not thrown away in silence. */
export function openStateFile<State>(
  file: string,
  schema: z.ZodType<State>,
  { encode, decode }: StateCodec = plain,
): StateFile<State> {
  const text = readIfPresent(file);
  return {
    initial: text === undefined ? undefined : schema.parse(JSON.parse(decode(text))),
    write: (state) => {
      // Written beside and renamed: a kill in between leaves the old state, not half of one.
      writeFileSync(`${file}.new`, encode(JSON.stringify(state)), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}
