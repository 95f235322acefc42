import { type Command, InvalidArgumentError, Option } from 'commander';

/** What every change takes. */
export interface ChangeOptions {
  readonly ifVersion?: number;
  readonly reason?: string;
  readonly json?: true;
}

export const withChangeOptions = (command: Command): Command =>
  command
    .option('--reason <text>', 'kept with the change')
    .addOption(
      new Option('--if-version <number>', 'only if it still has this version, as show says it').argParser(
        parseVersion,
      ),
    )
    .option('--json', 'all of it as JSON');

export const toReasonQuery = ({ reason }: ChangeOptions): Readonly<Record<string, string>> =>
  reason === undefined ? {} : { reason };

function parseVersion(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number, 1 or more');
}
