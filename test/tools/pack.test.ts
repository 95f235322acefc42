import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { functionNames } from '../../lambda/core/function-roles.ts';
import { runProgram } from '../support/run-program.ts';
import { node } from '../support/running-daypass.ts';

/*
 * The package, built and packed from a copy of the repository, in an app that has nothing else: what its package.json
 * names as dependencies, and no esbuild, no lockfile and no TypeScript source of ours.
 */

const root = process.cwd();
const directory = mkdtempSync(join(tmpdir(), 'daypass-pack-'));
const repository = join(directory, 'repository');
const app = join(directory, 'app');
const installed = join(app, 'node_modules/daypass');
const npm = join(dirname(process.execPath), 'npm');

/** What `npm ci` would leave there, with the programs of the repository before those of the system. */
const env = { HOME: directory, PATH: `${join(root, 'node_modules/.bin')}:${dirname(npm)}:/usr/bin:/bin` };

interface Manifest {
  readonly version: string;
  readonly bin: { readonly daypass: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

beforeAll(async () => {
  copyRepository();
  await run('npm', ['run', 'build'], repository);
  const packed = await run('npm', ['pack', '--json', '--ignore-scripts'], repository);
  const [{ filename }] = JSON.parse(packed) as [{ readonly filename: string }];
  mkdirSync(installed, { recursive: true });
  await run('tar', ['-xzf', join(repository, filename), '-C', installed, '--strip-components=1'], directory);
  linkDependencies();
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  cpSync(join(root, 'config'), join(app, 'config'), { recursive: true });
}, 180_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The tracked tree without tests: nothing of a run before gets in. */
function copyRepository(): void {
  mkdirSync(repository);
  const left = ['.git', 'node_modules', 'dist', 'test', 'cdk.out', '.daypass', 'coverage'];
  for (const name of readdirSync(root).filter((one) => !left.includes(one)))
    cpSync(join(root, name), join(repository, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(repository, 'node_modules'));
}

/** As npm would install them, but for the time that it takes: each by its name, and no other. */
function linkDependencies(): void {
  const { dependencies, peerDependencies } = readManifest();
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) linkInto(name);
}

function linkInto(name: string): void {
  const link = join(app, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), link);
}

/** Of its imports and of its declarations', those of other packages, by their names. */
function packagesOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
  const targets = [...text.matchAll(/(?:\bfrom|^import|\bimport\()\s*['"]([^'"\n]+)['"]/gm)];
  return targets
    .map(([, target = '']) => target)
    .filter((target) => !target.startsWith('.') && !builtinModules.includes(target.replace('node:', '')))
    .map((target) =>
      target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

const readManifest = (): Manifest => JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

async function run(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram(file, args, { cwd, env });
  if (code !== 0) throw new Error(`${file} ${args.join(' ')}: ${code}\n${stdout}\n${stderr}`);
  return stdout;
}

/** A program of the app's own; prints the template of the stack `Probe`. */
async function synthesize(cwd: string, imports: string): Promise<Template> {
  const file = join(cwd, 'synthesize.mjs');
  writeFileSync(
    file,
    `import { App, Stack } from 'aws-cdk-lib';
${imports}
const app = new App({ outdir: ${JSON.stringify(join(cwd, 'cdk.out'))}, context: { 'aws:cdk:enable-asset-metadata': false } });
const loaded = readConfigurationFile('config/daypass.yaml');
const { accountId: account, region } = loaded.configuration.deployment;
const stack = new Stack(app, 'Probe', { env: { account, region } });
new Daypass(stack, 'Daypass', loaded);
console.log(JSON.stringify(app.synth().getStackByName('Probe').template));
`,
  );
  return JSON.parse(await run(node, [file], cwd));
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

describe('the package', () => {
  it('synthesizes Daypass in an app of its own, as the repository does but for the hashes of what is packed', async () => {
    const there = await synthesize(app, "import { Daypass, readConfigurationFile } from 'daypass';");
    const here = await synthesize(
      repository,
      "import { readConfigurationFile } from './lib/config.ts';\nimport { Daypass } from './lib/constructs/daypass.ts';",
    );

    expect(withoutHashes(there)).toEqual(withoutHashes(here));
    const functions = Object.values(there.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(5);
    for (const { Properties } of functions) expect(Properties['Handler']).toMatch(/^index\./);
    expect(readBundles(app)).toEqual(readBundles(repository));
  }, 180_000);

  it('gives each capability by a name of its own', async () => {
    const file = join(app, 'capabilities.mjs');
    writeFileSync(
      file,
      `import { IssuanceTable } from 'daypass/constructs/issuance-table';
import { ProofTable } from 'daypass/constructs/proof-table';
console.log(IssuanceTable.name, ProofTable.name);
`,
    );

    expect(await run(node, [file], app)).toBe('IssuanceTable ProofTable\n');
  });

  it('hides what is not a capability', async () => {
    const file = join(app, 'hidden.mjs');
    writeFileSync(file, "import 'daypass/dist/lib/permissions.js';\n");

    const { code, stderr } = await runProgram(node, [file], { cwd: app, env });

    expect(code).not.toBe(0);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('has types that a strict compiler reads, and that it uses', async () => {
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', ''];
    const imports = "import { Daypass, type DaypassProps } from 'daypass';";
    writeFileSync(
      join(app, 'right.mts'),
      `${imports}\nexport const props = (all: DaypassProps) => all.configuration.profiles.size;\nexport const name: string = Daypass.name;\n`,
    );
    writeFileSync(
      join(app, 'wrong.mts'),
      `${imports}\nexport const props = (all: DaypassProps): string => all.configuration.profiles.size;\nexport const name = Daypass.name;\n`,
    );

    const check = (name: string) =>
      runProgram('tsc', [...options, '--skipLibCheck', name], { cwd: app, env });

    expect(await check('right.mts')).toMatchObject({ code: 0, stdout: '' });
    expect((await check('wrong.mts')).stdout).toContain("Type 'number' is not assignable to type 'string'");
  }, 60_000);

  it('is read by a compiler that checks the types of libraries too, as an app of `cdk init` has it', async () => {
    const name = 'checked.mts';
    writeFileSync(
      join(app, name),
      `import { Daypass, DaypassStack } from 'daypass';
import { BrokeredRole } from 'daypass/constructs/brokered-role';
import { fromDaypass } from 'daypass/from-daypass';
export const all = [Daypass, DaypassStack, BrokeredRole, fromDaypass];
`,
    );
    linkInto('@types/node');
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', 'node'];

    expect(await runProgram('tsc', [...options, name], { cwd: app, env })).toMatchObject({
      code: 0,
      stdout: '',
    });
  }, 60_000);

  it('names as dependencies what its files import, and nothing that is in a bundle', () => {
    const { dependencies, peerDependencies } = readManifest();
    const files = readdirSync(installed, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^dist\/(lib|lambda)\/.*\.(js|d\.ts)$/.test(name),
    );
    const imported = new Set(files.flatMap((name) => packagesOf(join(installed, name))));

    expect([...imported].sort()).toEqual(Object.keys({ ...dependencies, ...peerDependencies }).sort());
  });

  it('brings the licences of what is in its bundles', () => {
    const text = readFileSync(join(installed, 'dist/third-party-licenses.txt'), 'utf8');

    for (const name of ['@aws-sdk/client-sts', '@middy/core', 'commander', 'jose', 'ulid', 'zod'])
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    expect(text).toContain('Permission is hereby granted, free of charge');
    expect(text).toContain('Apache License');
    for (const name of ['aws-cdk-lib', 'dynalite', 'esbuild', 'jest'])
      expect(text).not.toMatch(new RegExp(`^${name} \\d`, 'm'));
  });

  it('has the daypass command, which needs nothing beside it', async () => {
    const alone = join(directory, 'alone');
    for (const name of ['dist/bin', 'package.json'])
      cpSync(join(installed, name), join(alone, name), { recursive: true });
    const daypass = (...args: readonly string[]) =>
      runProgram(node, [join(alone, readManifest().bin.daypass), ...args], {
        cwd: app,
        env: { HOME: directory },
      });

    expect(await daypass('--version')).toEqual({
      code: 0,
      stdout: `${readManifest().version}\n`,
      stderr: '',
    });
    expect((await daypass('--help')).stdout).toMatch(/^Usage: daypass .*\n {2}exec .*\n {2}config /s);
    expect(await daypass('config', 'check')).toMatchObject({ code: 0, stdout: '' });
    expect(await daypass('profiles')).toMatchObject({ code: 3, stdout: '' });
    // The file is read first, and by a module that is CommonJS.
    writeFileSync(join(app, 'acme.yaml'), 'name: acme\n');
    expect(await daypass('integrations', 'create', '--file', 'acme.yaml')).toMatchObject({ code: 3 });
    // Each command is in a file of its own, and all of them can be loaded.
    const files = readdirSync(join(alone, 'dist/bin/daypass')).filter((name) => name.endsWith('.js'));
    const script = `for (const name of ${JSON.stringify(files)}) await import('./dist/bin/daypass/' + name);`;
    expect(
      await runProgram(node, ['--input-type=module', '-e', script], { cwd: alone, env: { HOME: directory } }),
    ).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(files.length).toBeGreaterThan(40);
  }, 60_000);

  it('has a provider of credentials for the SDK, and its types', async () => {
    const file = join(app, 'provider.mjs');
    writeFileSync(
      file,
      `import { fromDaypass } from 'daypass/from-daypass';
const provider = fromDaypass({ profile: 'prod-readonly', env: { HOME: ${JSON.stringify(directory)} } });
await provider().catch(({ name, code, hint }) => console.log(name, code, hint));
`,
    );
    writeFileSync(
      join(app, 'provider.mts'),
      `import { fromDaypass } from 'daypass/from-daypass';
export const key: string = (await fromDaypass({ profile: 'x' })()).accessKeyId;
// @ts-expect-error a profile has to be named
fromDaypass({});
`,
    );

    expect(await run(node, [file], app)).toMatch(/^ClientError not-logged-in .*daypass login/);
    expect(
      await runProgram(
        'tsc',
        ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', '', 'provider.mts'],
        { cwd: app, env },
      ),
    ).toMatchObject({ code: 0, stdout: '' });
  }, 60_000);

  it('holds no source, no test, no map of this machine and no program that the app has not asked for', async () => {
    const names = readdirSync(installed, { recursive: true, encoding: 'utf8' });

    for (const name of [...functionNames, 'canary'])
      expect(names).toContain(`dist/functions/${name}/index.mjs`);
    expect(names.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
    expect(names.filter((name) => /^(test|local|node_modules|package-lock)/.test(name))).toEqual([]);
    expect(readManifest().dependencies).not.toHaveProperty('esbuild');
    expect(readManifest().dependencies).not.toHaveProperty('aws-cdk-lib');
    // The Node that the repository brings would be first in the PATH of the app's own scripts.
    expect(readManifest()).not.toHaveProperty('optionalDependencies');
    expect(names.filter((name) => name.startsWith('bin/toolchain'))).toEqual([]);
    for (const name of names.filter((one) => one.endsWith('.map')))
      expect(readFileSync(join(installed, name), 'utf8')).not.toContain(directory);
  });
});

/** The bundles that an app has among its assets, by their text. */
const readBundles = (cwd: string): readonly string[] =>
  readdirSync(join(cwd, 'cdk.out'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('index.mjs'))
    .map((name) => readFileSync(join(cwd, 'cdk.out', name), 'utf8'))
    .sort();

/** What is uploaded is named by a hash, and a version of a function by one of what it runs. */
const withoutHashes = (template: Template): unknown =>
  JSON.parse(
    JSON.stringify(template)
      .replaceAll(/[0-9a-f]{64}/g, 'hash')
      .replaceAll(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1'),
  );
