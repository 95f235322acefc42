import { Command } from 'commander';
import { toVariables } from '../../../lambda/core/credential-texts.ts';
import { toChildEnvironment } from '../../../lib/client/child-environment.ts';
import type { CredentialsRequest } from '../../../lib/client/credentials.ts';
import { fetchCredentials } from '../fetch-credentials.ts';
import { addNarrowingOptions, type NarrowingOptions, toRequest } from '../narrowing-options.ts';
import { endAs, runChild } from '../run-child.ts';
import type { Terminal } from '../terminal.ts';

interface ExecOptions extends NarrowingOptions {
  readonly refresh?: true;
  readonly cache: boolean;
}

/** `daypass exec` */
export const createExecCommand = (terminal: Terminal): Command =>
  addNarrowingOptions(
    new Command('exec')
      .summary('runs a command with credentials of a profile')
      .description(
        'Runs a command whose environment has credentials of a profile, and no others. Nothing of them is left in this shell.',
      )
      .usage('[options] <profile> -- <command> [arguments…]')
      .argument('<profile>', 'one of those that daypass profiles lists')
      .argument('<command...>', 'after --, so that its options stay its own'),
  )
    .option('--refresh', 'for commands that outlast the credentials: its SDK asks for others in time')
    .option('--no-cache', 'issue anew, and keep nothing')
    .configureOutput({ outputError: (text, write) => write(toExplained(text)) })
    .addHelpText('after', examples)
    .action(async (profile: string, [file = '', ...args]: readonly string[], options: ExecOptions) => {
      const request = toRequest(profile, options);
      const { note } = terminal;
      const serving = options.refresh
        ? await serve(request, terminal)
        : await prepare(request, options, terminal);
      try {
        endAs(await runChild({ file, args, env: toChildEnvironment(terminal.env, serving.variables), note }));
      } finally {
        await serving.close();
      }
    });

/** `daypass exec prod-readonly ls -la` has an option of somebody else's. */
const toExplained = (text: string): string =>
  text.includes('unknown option')
    ? `${text}the command and its options stand behind --: daypass exec prod-readonly -- ls -la\n`
    : text;

/** What the child is given, as long as it runs. */
interface Serving {
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function prepare(
  request: CredentialsRequest,
  { cache }: { readonly cache: boolean },
  terminal: Terminal,
): Promise<Serving> {
  const credentials = await fetchCredentials(terminal, request, { cache });
  return { variables: toVariables(credentials), close: async () => undefined };
}

async function serve(request: CredentialsRequest, terminal: Terminal): Promise<Serving> {
  const { serveCredentials } = await import('../serve-credentials.ts');
  return serveCredentials(request, terminal);
}

const examples = `
Examples:
  daypass exec prod-readonly -- aws s3 ls
  daypass exec prod-readonly --reason "ticket 4711" -- sh -c 'aws sts get-caller-identity && ./report'
  daypass exec team-data --refresh -- node server.js

Ends with the command's own exit code or signal; 126 where it can't be run, 127 where there is none.
AWS_PROFILE and all else by which SDKs choose credentials is taken out of its environment; AWS_REGION stays. With
--refresh, a file of the AWS configuration whose default profile has credentials is hidden from the command.`;
