import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aDaypassUser, type DaypassUser, daypassScript } from './a-daypass-user.ts';
import type { Answer } from './daypass-client.ts';
import { node, type RunningDaypass } from './running-daypass.ts';

/** A user of whom all is kept that their commands said, and every secret that their home has held. */
export interface WatchedUser extends DaypassUser {
  /** Has `daypass` under this name, before Debian's own programs. */
  readonly path: string;
  /** The command and its first words, for whoever starts it otherwise. */
  readonly command: readonly string[];
  /** What is kept in the home now and is nobody's business: tokens, secret keys, session tokens. */
  secrets(): readonly string[];
  /** Of logins and credentials, where there are any. */
  files(): readonly string[];
  /** The login's token is as good as over: it has to be renewed before the next use. */
  age(): void;
  /** ISO 8601: when there was nothing of theirs yet. */
  readonly since: string;
  /** Standard error of all commands so far. */
  readonly said: readonly string[];
  /** Command lines of the browser and of what started it, as everybody on the machine could see them. */
  processes(): string;
}

const browserScript = new URL('browser.mjs', import.meta.url).pathname;

/** Nobody has logged in. BROWSER is a program that signs in as `caller`. */
export function aWatchedUser({ broker }: Pick<RunningDaypass, 'broker'>, caller = 'sre'): WatchedUser {
  const user = aDaypassUser();
  const said: string[] = [];
  const bin = join(user.home, 'bin');
  const list = join(user.home, 'processes');
  mkdirSync(bin);
  const program = writeProgram(join(bin, 'daypass'), `exec ${node} ${daypassScript} "$@"`);
  const browser = writeProgram(
    join(bin, 'a-browser'),
    `cat /proc/$$/cmdline /proc/$PPID/cmdline | tr '\\0' ' ' >> ${list}\nexec ${node} ${browserScript} "$1"`,
  );
  const path = `${bin}:/usr/bin:/bin`;
  const env = { ...user.env, DAYPASS_URL: broker, BROWSER: browser, DAYPASS_TEST_CALLER: caller, PATH: path };
  const runWith: DaypassUser['runWith'] = async (more, ...args) => {
    const ended = await user.runWith({ ...more, env: { ...env, ...more.env } }, ...args);
    said.push(ended.stderr);
    return ended;
  };
  return {
    ...user,
    ...{ env, path, said, command: [program], since: new Date().toISOString() },
    run: (...args) => runWith({}, ...args),
    runWith,
    files: () => listFiles(user.home),
    secrets: () =>
      listFiles(user.home)
        .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(secretMembers)])
        .map(([, secret = '']) => secret),
    age: () => {
      for (const file of listFiles(user.home)) {
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replace(/"expiresAtMs":\d+/, `"expiresAtMs":${Date.now()}`));
      }
    },
    processes: () => readFileSync(list, 'utf8'),
  };
}

/** Signed in by the browser. */
export async function aSignedInUser(
  daypass: Pick<RunningDaypass, 'broker'>,
  caller = 'sre',
  issuer = 'okta',
): Promise<WatchedUser> {
  const user = aWatchedUser(daypass, caller);
  const { code, stderr } = await user.run('login', '--issuer', issuer, '--browser');
  if (code !== 0) throw new Error(stderr);
  return user;
}

function writeProgram(file: string, text: string): string {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const secretMembers = /"(?:token|refreshToken|secretAccessKey|sessionToken)": ?"([^"]+)"/g;

const listFiles = (home: string): readonly string[] =>
  ['.local/share/daypass', '.cache/daypass/credentials']
    .map((directory) => join(home, directory))
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .filter((file) => file.endsWith('.json'));

/** One object for each line that a list printed with `--json`. */
export const toRows = (printed: string): readonly Answer['json'][] =>
  printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

/** Those of the profile that gave something, from this user's first day on. */
export async function listIssued(user: WatchedUser, profile: string): Promise<readonly Answer['json'][]> {
  const filters = ['--profile', profile, '--state', 'ISSUED', '--since', user.since];
  const { stdout } = await user.run('audit', '--json', '--all', ...filters);
  return toRows(stdout);
}
