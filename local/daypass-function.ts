import { toShellWord } from '../bin/daypass/shell-word.ts';

/**
 * The `daypass` command of this checkout as a line for sh, bash and zsh. Not a script of package.json: npm would change
 * the directory of what `daypass exec` runs.
 */
export const toDaypassFunction = (node: string, script: string): string =>
  `daypass() { ${toShellWord(node)} ${toShellWord(script)} "$@"; }`;
