import { styleText } from 'node:util';

/**
 * Text for standard output in a colour or in bold, where its reader wants that: a terminal, without `NO_COLOR` and its
 * like, as Node asks for them. `styleText` itself asks since Node 22 only.
 */
export function paint(format: 'bold' | 'red' | 'green' | 'yellow' | 'cyan', text: string): string {
  // Absent where standard output is no terminal.
  const hasColors: unknown = process.stdout.hasColors?.();
  return hasColors === true ? styleText(format, text) : text;
}
