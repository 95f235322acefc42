import { existsSync, readFileSync } from 'node:fs';

/** One folder up in the repository; in the package, where this is in `dist`, two, or three as a part of the command. */
const candidates = ['../package.json', '../../package.json', '../../../package.json'].map(
  (path) => new URL(path, import.meta.url),
);

/** The version of Daypass, as package.json has it. */
export function readVersion(): string {
  const manifest = candidates.find((url) => existsSync(url));
  if (manifest === undefined) throw new TypeError('the package has no package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  return version;
}
