import { Command, CommanderError } from 'commander';
import { readVersion } from '../../lib/version.ts';
import type { CommandEntry } from './command-entry.ts';
import type { Terminal } from './terminal.ts';

/** In the order of the help. */
const entries: readonly CommandEntry[] = [
  {
    name: 'login',
    summary: 'logs in to a broker',
    load: async () => (await import('./commands/login.ts')).createLoginCommand,
  },
  {
    name: 'logout',
    summary: 'forgets a login, and the credentials it gave',
    load: async () => (await import('./commands/logout.ts')).createLogoutCommand,
  },
  {
    name: 'whoami',
    summary: 'who you are to the broker',
    load: async () => (await import('./commands/whoami.ts')).createWhoamiCommand,
  },
  {
    name: 'profiles',
    summary: 'the profiles that you may use',
    load: async () => (await import('./commands/profiles.ts')).createProfilesCommand,
  },
  {
    name: 'credentials',
    summary: 'credentials of a profile, for the AWS CLI, a shell or a file',
    load: async () => (await import('./commands/credentials.ts')).createCredentialsCommand,
  },
  {
    name: 'exec',
    summary: 'runs a command with credentials of a profile',
    load: async () => (await import('./commands/exec.ts')).createExecCommand,
  },
  {
    name: 'console',
    summary: 'a link that signs in to the AWS console',
    load: async () => (await import('./commands/console.ts')).createConsoleCommand,
  },
  {
    name: 'explain',
    summary: 'what a profile would give you, and why',
    load: async () => (await import('./commands/explain.ts')).createExplainCommand,
  },
  {
    name: 'agent',
    summary: 'credentials for every SDK on this machine, renewed by themselves',
    load: async () => (await import('./commands/agent.ts')).createAgentCommand,
  },
  {
    name: 'configure',
    summary: 'the profiles that you may use, in the configuration of the AWS CLI',
    load: async () => (await import('./commands/configure.ts')).createConfigureCommand,
  },
  {
    name: 'audit',
    summary: 'who had which credentials, and why',
    load: async () => (await import('./commands/audit.ts')).createAuditCommand,
  },
  {
    name: 'findings',
    summary: 'where the audit and CloudTrail differ',
    load: async () => (await import('./commands/findings.ts')).createFindingsCommand,
  },
  {
    name: 'session-token',
    summary: 'a session with MFA of your own IAM user',
    load: async () => (await import('./commands/session-token.ts')).createSessionTokenCommand,
  },
  {
    name: 'decode',
    summary: 'what stands in an encoded authorization failure message',
    load: async () => (await import('./commands/decode.ts')).createDecodeCommand,
  },
  {
    name: 'web-identity-token',
    summary: 'a token signed by AWS, for a service outside of it',
    load: async () => (await import('./commands/web-identity-token.ts')).createWebIdentityTokenCommand,
  },
  {
    name: 'suspend',
    summary: 'stops issuing, at once',
    load: async () => (await import('./commands/suspend.ts')).createSuspendCommand,
  },
  {
    name: 'suspensions',
    summary: 'what is suspended, by whom and why',
    load: async () => (await import('./commands/suspensions.ts')).createSuspensionsCommand,
  },
  {
    name: 'lift',
    summary: 'ends a suspension',
    load: async () => (await import('./commands/lift.ts')).createLiftCommand,
  },
  {
    name: 'revoke',
    summary: 'ends what was issued',
    load: async () => (await import('./commands/revoke.ts')).createRevokeCommand,
  },
  {
    name: 'revocations',
    summary: 'what was revoked, and what became of its policies',
    load: async () => (await import('./commands/revocations.ts')).createRevocationsCommand,
  },
  {
    name: 'integrations',
    summary: "third parties' roles: made, proven, changed, suspended",
    load: async () => (await import('./commands/integrations.ts')).createIntegrationsCommand,
  },
  {
    name: 'config',
    summary: "checks a broker's configuration, and says what a change of it grants",
    load: async () => (await import('./commands/config.ts')).createConfigCommand,
  },
  {
    name: 'completion',
    summary: 'completion of commands, options and profiles, for your shell',
    load: async () => (await import('./commands/completion.ts')).createCompletionCommand,
  },
  {
    name: 'complete',
    summary: 'what may stand next on a command line',
    hidden: true,
    load: async () => (await import('./commands/complete.ts')).createCompleteCommand,
  },
];

/** Runs one command line, without `node` and the script. @throws ClientError, CommanderError */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<void> {
  const asked = args.find((arg) => !arg.startsWith('-'));
  const program = createRoot(terminal);
  for (const { name, summary, hidden = false, load } of entries) {
    const isAsked = name === asked || (asked === 'help' && args.includes(name));
    const command = isAsked ? (await load())(terminal, entries) : new Command(name).summary(summary);
    program.addCommand(withStyle(command, terminal), { hidden });
  }
  await program.parseAsync([...args], { from: 'user' });
}

function createRoot(terminal: Terminal): Command {
  return withStyle(
    new Command('daypass')
      .description('Temporary, scoped AWS credentials, by reviewed policy.')
      .version(readVersion(), '-V, --version', 'the version')
      // What stands behind a command is its own, or that of the command it runs.
      .enablePositionalOptions()
      .addHelpText(
        'after',
        `
Examples:
  daypass login --broker https://daypass.example.com
  daypass profiles
  daypass exec prod-readonly -- aws s3 ls
  daypass configure

Exit codes: 0 done, 1 failed, 2 asked wrongly, 3 not logged in, 4 refused, 5 broker or issuer out of reach,
130 interrupted; of exec those of its command, 126 where it can't be run, 127 where there is none.`,
      ),
    terminal,
  );
}

/** Of a command and all below it: nothing ends the process, and all that is said goes through the terminal. */
function withStyle(command: Command, terminal: Terminal): Command {
  command
    .exitOverride()
    .showHelpAfterError('(add --help for more)')
    .configureOutput({
      writeOut: terminal.print,
      writeErr: (text) => terminal.note(text.replace(/\n$/, '')),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });
  for (const child of command.commands) withStyle(child, terminal);
  return command;
}

export { CommanderError };
