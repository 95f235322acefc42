import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * What runs this very program from anywhere: `daypass` where that is what the PATH has under this name, else Node and
 * the script by their paths.
 *
 * @param script of this program
 */
export function findProgram(
  script: string,
  env: Readonly<Record<string, string | undefined>>,
  node: string = process.execPath,
): readonly string[] {
  const [first] = (env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '' && !isOfNpm(directory))
    .flatMap((directory) => findExecutable(join(directory, 'daypass')));
  const real = realpathSync(script);
  return first === real ? ['daypass'] : [node, real];
}

/** On the PATH as long as npm or npx runs, and gone when the AWS CLI looks. */
const isOfNpm = (directory: string) => /(?:^|[/\\])node_modules[/\\]\.bin[/\\]?$/.test(directory);

function findExecutable(path: string): readonly string[] {
  try {
    accessSync(path, constants.X_OK);
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
