import { copyFileSync, cpSync, linkSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { node } from './running-daypass.ts';

const root = new URL('../../', import.meta.url).pathname;

/** The command and Node itself below another directory. @returns how it is run there */
export function installBelow(directory: string): { readonly node: string; readonly script: string } {
  const to = join(directory, 'daypass');
  mkdirSync(to, { recursive: true });
  for (const name of ['bin', 'lambda', 'lib', 'package.json'])
    cpSync(join(root, name), join(to, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  return {
    node: copyProgram(realpathSync(node), join(directory, 'node')),
    script: join(to, 'bin/daypass.ts'),
  };
}

/** A symbolic link is resolved before a program knows its own path. */
function copyProgram(from: string, to: string): string {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
  return to;
}
