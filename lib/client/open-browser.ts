import { spawn } from 'node:child_process';
import { once } from 'node:events';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether somebody at this terminal may see a browser that is opened here. */
export function hasBrowser(env: Environment, platform: NodeJS.Platform = process.platform): boolean {
  if (env['BROWSER']) return true;
  // On the machine that one sits at, it would open on the other one.
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return false;
  return (
    platform === 'darwin' ||
    platform === 'win32' ||
    Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME'])
  );
}

/**
 * Opens the address in `$BROWSER`, or in the system's own. It stands in the list of processes: nothing secret may be in
 * it, nor anything that is good twice.
 *
 * @returns whether something was started
 */
export async function openBrowser(address: URL, env: Environment): Promise<boolean> {
  for (const [command, ...args] of toCommands(env['BROWSER'] ?? '', address.href)) {
    if (command !== undefined && (await start(command, args))) return true;
  }
  return env['BROWSER'] ? false : openSystems(address);
}

/** As xdg-open reads it: commands between colons, with `%s` for the address or the address behind. */
const toCommands = (browser: string, address: string): readonly (readonly string[])[] =>
  (process.platform === 'win32' ? [browser] : browser.split(':'))
    .map((command) => command.split(/\s+/).filter((word) => word !== ''))
    .filter((words) => words.length > 0)
    .map((words) =>
      words.includes('%s') ? words.map((word) => (word === '%s' ? address : word)) : [...words, address],
    );

async function start(command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, [...args], { detached: true, stdio: 'ignore' });
  try {
    await once(child, 'spawn');
    child.on('error', () => undefined).unref();
    return true;
  } catch {
    return false;
  }
}

async function openSystems(address: URL): Promise<boolean> {
  const { default: open } = await import('open');
  try {
    const child = await open(address.href);
    child.on('error', () => undefined);
    return true;
  } catch {
    return false;
  }
}
