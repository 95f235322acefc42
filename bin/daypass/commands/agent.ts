import { once } from 'node:events';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from '../terminal.ts';

/** What both uses of the command take. */
export interface AgentOptions {
  readonly port?: number;
  readonly tokenFile?: string;
  /** A profile. */
  readonly imds?: string;
  readonly reason?: string;
  readonly json?: true;
  /** A profile. */
  readonly printEnv?: string;
  readonly shell: 'posix' | 'fish' | 'powershell';
  readonly inlineToken?: true;
}

/** `daypass agent` */
export const createAgentCommand = (terminal: Terminal): Command =>
  new Command('agent')
    .summary('credentials for every SDK on this machine, renewed by themselves')
    .description(
      'Serves credentials of any profile on 127.0.0.1, as a container of AWS has them, until Ctrl-C. SDKs ask it by themselves; it asks the broker once for all of them, and ahead of time while they are in use.',
    )
    .option('--port <number>', 'of 127.0.0.1 (default: 7399, or any agent with --print-env)', parsePort)
    .option('--token-file <path>', "where the SDKs' token is written, for you alone")
    .option('--imds <profile>', "serve this profile as EC2's metadata service too (IMDSv2), to anybody here")
    .option('--reason <text>', 'why: kept in the audit with each issuance')
    .option('--json', 'say what it serves as one line of JSON')
    .addOption(
      new Option('--print-env <profile>', 'print variables for an agent that is running, and end').conflicts([
        'tokenFile',
        'imds',
        'reason',
      ]),
    )
    .addOption(new Option('--shell <shell>', 'the shell that reads them').choices(shells).default('posix'))
    .option('--inline-token', 'the token in place of its file, for SDKs of before 2024')
    .addHelpText('after', examples)
    .action(async (options: AgentOptions) => {
      if (options.printEnv === undefined) {
        const { serveAgent } = await import('../serve-agent.ts');
        await serveAgent(options, terminal, () => untilStopped(terminal.signal));
      } else {
        const { printAgentEnvironment } = await import('../print-agent-environment.ts');
        await printAgentEnvironment(options.printEnv, options, terminal);
      }
    });

const shells = ['posix', 'fish', 'powershell'];

async function untilStopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('allowed: 0–65535, where 0 is any that is free');
}

const examples = `
Examples:
  daypass agent
  eval "$(daypass agent --print-env prod-readonly)"     in another terminal
  daypass agent --print-env prod-readonly --shell fish | source
  daypass agent --imds prod-readonly                    for programs that know EC2 alone

What nobody used for an hour is not renewed. It ends with 0 after Ctrl-C or SIGTERM. Log in again at any time: it
goes on without a restart.`;
