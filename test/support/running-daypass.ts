import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The whole of Daypass as `npm start` runs it, in a process of its own. */
export interface RunningDaypass {
  readonly broker: string;
  readonly aws: string;
  readonly identityProvider: string;
  readonly dataDirectory: string;
  /** All that it wrote to standard error, where the functions' logs go. */
  readonly logs: () => string;
  readonly process: ChildProcess;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const root = new URL('../../', import.meta.url).pathname;
export const node = join(root, 'node_modules/.bin/node');
export const localScript = join(root, 'bin/local.ts');

export async function startDaypass(...flags: readonly string[]): Promise<RunningDaypass> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-test-'));
  const ports = ['--port', '0', '--aws-port', '0', '--idp-port', '0'];
  const child = spawn(node, [localScript, '--json', ...ports, '--data', dataDirectory, ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let logs = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    logs += text;
  });
  const ready = once(createInterface({ input: child.stdout }), 'line');
  const ended = once(child, 'exit').then(() => {
    throw new Error(`bin/local.ts ended before it was ready:\n${logs}`);
  });
  const [line] = await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  return {
    ...(JSON.parse(line) as Pick<RunningDaypass, 'broker' | 'aws' | 'identityProvider'>),
    dataDirectory,
    logs: () => logs,
    process: child,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'exit');
      }
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** Everything in the data directory as one text. */
export function readDataDirectory({ dataDirectory }: RunningDaypass): string {
  return readdirSync(dataDirectory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}
