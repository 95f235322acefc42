/**
 * One word of a command line to paste. Subjects and names are what others chose: `$(…)` in one of them must not run for
 * whoever pastes a hint.
 */
export const toShellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
