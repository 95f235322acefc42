import { daypassScript } from './a-daypass-user.ts';
import { type RunningCommand, startCommand } from './a-running-command.ts';
import type { WatchedUser } from './a-watched-user.ts';
import { node } from './running-daypass.ts';

/** `daypass agent` of a user, on a port of its own. */
export interface RunningAgent extends RunningCommand {
  readonly url: string;
  /** What a program is told of it beside its home: the container's variables for a profile, and nothing else. */
  environment(profile: string, options?: EnvironmentOptions): Promise<Readonly<Record<string, string>>>;
}

interface EnvironmentOptions {
  /** Where the token stands; Debian's boto3 knows no file. @default variable */
  readonly token?: 'variable' | 'file';
}

export async function startAgent(
  user: WatchedUser,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<RunningAgent> {
  const command = [daypassScript, 'agent', '--port', '0', '--json', ...args];
  const agent = startCommand(node, command, { ...user.env, ...env });
  const [, line = '{}'] = await agent.shows(/^(\{.*\})$/m);
  const { url, port } = JSON.parse(line);
  return {
    ...agent,
    url,
    environment: async (profile, { token = 'variable' } = {}) => {
      const asked = ['agent', '--port', String(port), '--print-env', profile, '--json'];
      const { code, stdout, stderr } = await user.runWith(
        { env },
        ...(token === 'file' ? asked : [...asked, '--inline-token']),
      );
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout);
    },
  };
}
