import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { functionNames } from '../lambda/core/function-roles.ts';
import { bundleFile, bundleOptions, canaryName, commandBundle, toEntry } from '../lib/bundle-options.ts';
import { toThirdPartyLicenses } from './third-party-licenses.ts';

/*
 * The functions of the package, `dist/functions/<name>/index.mjs`: whoever installs it bundles nothing. The command,
 * `dist/bin/daypass.js`, with the provider for programs beside it. `tsc` puts the constructs and the types there;
 * `npm run build` runs both.
 */
const root = join(import.meta.dirname, '..');
const inputs = new Set<string>();
const remember = ({ metafile }: { readonly metafile: { readonly inputs: object } }) => {
  for (const input of Object.keys(metafile.inputs)) inputs.add(input);
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
// One after another: the time goes into esbuild, which uses every core by itself.
for (const name of [...functionNames, canaryName]) {
  const built = await build({
    ...bundleOptions,
    metafile: true,
    mainFields: [...bundleOptions.mainFields],
    bundle: true,
    platform: 'node',
    absWorkingDir: root,
    entryPoints: [toEntry(name)],
    outfile: join('dist/functions', name, bundleFile),
  });
  remember(built);
}
const { mainFields } = commandBundle;
remember(await build({ ...commandBundle, metafile: true, mainFields: [...mainFields], absWorkingDir: root }));
writeFileSync(join(root, 'dist/third-party-licenses.txt'), toThirdPartyLicenses(inputs, root));
// For whoever runs it from here: npm makes the programs of what it installs executable by itself.
chmodSync(join(root, 'dist/bin/daypass.js'), 0o755);
