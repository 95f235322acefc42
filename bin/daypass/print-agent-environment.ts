import { toAssignment } from '../../lambda/core/credential-texts.ts';
import { overridingVariables, toContainerEnvironment } from '../../lib/client/agent/agent-environment.ts';
import { findAgent, toAgentDirectory } from '../../lib/client/agent/agent-files.ts';
import { toDirectories } from '../../lib/client/directories.ts';
import { toHiddenFiles } from '../../lib/client/hidden-files.ts';
import { readPrivateFile } from '../../lib/client/private-file.ts';
import { requireProfileName } from '../../lib/client/profile-name.ts';
import type { AgentOptions } from './commands/agent.ts';
import type { Terminal } from './terminal.ts';

/** Prints what a shell needs for the profile, from an agent of another terminal. @throws ClientError where none runs */
export async function printAgentEnvironment(
  profile: string,
  { port, shell, inlineToken, json }: AgentOptions,
  { env, note, print }: Terminal,
): Promise<void> {
  requireProfileName(profile, '--print-env');
  const agent = await findAgent(toAgentDirectory(toDirectories(env)), port);
  const authorization = inlineToken ? { token: readPrivateFile(agent.tokenFile) ?? '' } : agent;
  const variables = toContainerEnvironment(agent, profile, authorization);
  print(
    json
      ? `${JSON.stringify(variables)}\n`
      : Object.entries(variables)
          .map(([name, value]) => `${toAssignment[shell](name, value)}\n`)
          .join(''),
  );
  const set = overridingVariables.filter((name) => env[name]);
  if (set.length > 0) note(`SDKs look at ${set.join(', ')} first: unset it here`);
  const files = Object.entries(toHiddenFiles(env)).map(([name, value]) => `${name}=${value}`);
  if (files.length > 0)
    note(`SDKs look at the default profile of your AWS configuration first: hide it with ${files.join(' ')}`);
}
