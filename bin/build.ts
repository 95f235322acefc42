import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { functionNames } from '../lambda/core/function-roles.ts';
import { bundleFile, bundleOptions, canaryName, toEntry } from '../lib/bundle-options.ts';

/*
 * The functions of the package, `dist/functions/<name>/index.mjs`: whoever installs it bundles nothing. `tsc` puts the
 * constructs beside them; `npm run build` runs both.
 */
const root = join(import.meta.dirname, '..');

rmSync(join(root, 'dist'), { recursive: true, force: true });
// One after another: the time goes into esbuild, which uses every core by itself.
for (const name of [...functionNames, canaryName]) {
  await build({
    ...bundleOptions,
    mainFields: [...bundleOptions.mainFields],
    bundle: true,
    platform: 'node',
    absWorkingDir: root,
    entryPoints: [toEntry(name)],
    outfile: join('dist/functions', name, bundleFile),
  });
}
