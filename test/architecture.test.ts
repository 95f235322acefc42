import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** One import of one file: another file of the tree, or a package. */
interface Import {
  readonly file: string;
  readonly target: string;
  readonly isPackage: boolean;
  /** `import type`: gone at run time. */
  readonly isType: boolean;
  /** `import()`: loaded when it is asked for. */
  readonly isLazy: boolean;
}

const folders = ['bin', 'lib', 'lambda', 'local'];
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const texts = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
const imports = files.flatMap(readImports);

function readImports(file: string): Import[] {
  const pattern =
    /^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|\brequire\(\s*'([^']+)'\s*\)/gm;
  return [...textOf(file).matchAll(pattern)].map(([, type, fixed, dynamic, required]) => {
    const target = fixed ?? dynamic ?? required ?? '';
    const isPackage = !target.startsWith('.');
    return {
      file,
      target: isPackage ? target : normalize(join(dirname(file), target)),
      isPackage,
      isType: type !== undefined,
      isLazy: dynamic !== undefined,
    };
  });
}

function textOf(file: string): string {
  return texts.get(file) ?? '';
}

const isIn = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
const importsOf = (folder: string) => imports.filter(({ file }) => isIn(folder)(file));
const show = (found: readonly Import[]) => found.map(({ file, target }) => `${file} → ${target}`);

/** All files that a file needs at run time, itself included. */
function reach(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { target, isPackage, isType } of imports.filter((one) => one.file === file)) {
    if (!isPackage && !isType) reach(target, seen);
  }
  return seen;
}

/** All files that are loaded before a file begins, itself included. */
function reachAtOnce(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { target, isPackage, isType, isLazy } of imports.filter((one) => one.file === file)) {
    if (!isPackage && !isType && !isLazy) reachAtOnce(target, seen);
  }
  return seen;
}

const packagesLoadedWith = (file: string) => {
  const reached = reachAtOnce(file);
  const found = imports.filter((one) => one.isPackage && !one.isType && !one.isLazy && reached.has(one.file));
  return [...new Set(found.map(({ target }) => target))].filter((target) => !target.startsWith('node:'));
};

const packagesReachedFrom = (file: string) => {
  const reached = reach(file);
  return imports.filter((one) => one.isPackage && !one.isType && reached.has(one.file));
};

describe('imports point inwards', () => {
  it.each([
    ['lambda/core', ['lambda/core']],
    ['lambda/adapters', ['lambda/core', 'lambda/adapters']],
    ['lambda/http', ['lambda/core', 'lambda/http']],
    ['lambda/endpoints', ['lambda/core', 'lambda/http', 'lambda/endpoints']],
    [
      'lambda/functions',
      ['lambda/core', 'lambda/adapters', 'lambda/http', 'lambda/endpoints', 'lambda/functions'],
    ],
  ])('of %s go to %j', (folder, allowed) => {
    const outward = importsOf(folder).filter(
      ({ target, isPackage }) => !isPackage && !allowed.some((one) => isIn(one)(target)),
    );

    expect(show(outward)).toEqual([]);
  });

  it('of lib go to lib, the core, and the tables that both worlds share', () => {
    const shared = [
      'lambda/adapters/control-table.ts',
      'lambda/adapters/finding-table.ts',
      'lambda/adapters/integration-table.ts',
      'lambda/adapters/issuance-table.ts',
      'lambda/adapters/proof-table.ts',
      'lambda/adapters/quota-table.ts',
      'lambda/adapters/witness-table.ts',
      'lambda/functions/environment.ts',
      'lambda/http/api-policy-variable.ts',
      'lambda/http/gateway-responses.ts',
      'lambda/http/deployed-routes.ts',
      'lambda/http/routes.ts',
    ];
    const outward = importsOf('lib').filter(
      ({ target, isPackage }) =>
        !isPackage && !isIn('lib')(target) && !isIn('lambda/core')(target) && !shared.includes(target),
    );

    expect(show(outward)).toEqual([]);
  });

  it('of what is deployed or synthesized never go to local, nor to tests', () => {
    const found = imports.filter(
      ({ file, target }) => !/^(local|bin)\//.test(file) && /^(local|test|bin)\//.test(target),
    );

    expect(show(found)).toEqual([]);
    expect([...reach('bin/app.ts')].filter(isIn('local'))).toEqual([]);
  });

  it('are read, of one line and of several, of types and of values', () => {
    const seen = imports.map(({ file, target, isType }) => `${file} ${isType ? 'type ' : ''}${target}`);

    expect(seen).toContain('bin/app.ts cdk-nag');
    expect(seen).toContain('lib/permissions.ts lambda/core/function-roles.ts');
    expect(seen).toContain('lib/integration-permissions.ts type lambda/core/configuration.ts');
    expect(seen).toContain('lib/constructs/gateway-responses.ts lambda/http/gateway-responses.ts');
  });

  it('exist, with their suffix', () => {
    const dangling = imports.filter(({ target, isPackage }) => !isPackage && !texts.has(target));

    expect(show(dangling.filter(({ target }) => !target.endsWith('.json')))).toEqual([]);
  });

  it('form no circle', () => {
    const circles = files.filter((file) =>
      imports.some(
        (one) => one.file === file && !one.isPackage && !one.isType && reach(one.target).has(file),
      ),
    );

    expect(circles).toEqual([]);
  });
});

describe('packages', () => {
  it('of the core are pure: no SDK, no Lambda types, no network, no files', () => {
    const allowed = ['ipaddr.js', 'node:buffer', 'node:crypto', 'node:util', 'node:zlib', 'ulid', 'zod'];
    const found = importsOf('lambda/core').filter(
      ({ target, isPackage }) => isPackage && !allowed.includes(target),
    );

    expect(show(found)).toEqual([]);
  });

  it.each(files.filter(isIn('lambda/functions')))('of %s hold neither CDK nor development tools', (file) => {
    const found = packagesReachedFrom(file).filter(
      ({ target }) => !builtinModules.includes(target.replace('node:', '')) && !isBundled(target),
    );

    expect(show(found)).toEqual([]);
    expect(show(packagesReachedFrom(file).filter(isOfCdk))).toEqual([]);
  });

  it.each(['lib/api-policy.ts', 'lib/config.ts', 'lib/permissions.ts', 'lib/token-key-policy.ts'])(
    'of %s are free of CDK, so that local may use it',
    (file) => {
      expect(texts.has(file)).toBe(true);
      expect(show(packagesReachedFrom(file).filter(isOfCdk))).toEqual([]);
    },
  );

  it('of the local run are free of CDK', () => {
    const entries = files.filter(
      (file) => isIn('local')(file) || (isIn('bin')(file) && file !== 'bin/app.ts'),
    );

    expect(entries.flatMap((file) => show(packagesReachedFrom(file).filter(isOfCdk)))).toEqual([]);
  });
});

const isOfCdk = ({ target }: Import) => /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/.test(target);

/** What functions are made of. Of a package that is installed it is in their bundles, and no dependency. */
const bundled = [
  ...['@aws-crypto/sha256-js', '@middy/core', '@smithy/signature-v4', '@xmldom/xmldom', 'ipaddr.js', 'jose'],
  ...['ulid', 'xml-crypto', 'yaml', 'zod'],
];

const isBundled = (target: string) =>
  target.startsWith('@aws-sdk/') || bundled.some((name) => target === name || target.startsWith(`${name}/`));

describe('the command', () => {
  const commands = files.filter((file) => /^bin\/daypass\/commands\/[^/]+$/.test(file));
  const outward = (folder: string, allowed: readonly string[]) =>
    importsOf(folder).filter(
      ({ target, isPackage, isType }) =>
        !isPackage && !isType && !allowed.some((one) => target === one || isIn(one)(target)),
    );

  it('has its side of the broker in lib/client, for programs too: no options, no questions, no configuration', () => {
    const packages = [
      ...['@aws-crypto/sha256-js', '@aws-sdk', '@smithy/signature-v4'],
      ...['open', 'openid-client', 'zod'],
    ];
    const others = importsOf('lib/client').filter(
      ({ target, isPackage }) =>
        isPackage &&
        !target.startsWith('node:') &&
        !packages.some((name) => target === name || target.startsWith(`${name}/`)),
    );

    expect(show(outward('lib/client', ['lib/client', 'lib/version.ts', 'lambda/core']))).toEqual([]);
    expect(show(others)).toEqual([]);
  });

  it('compares configurations purely', () => {
    const packages = importsOf('lib/comparison').filter(
      ({ target, isPackage }) => isPackage && target !== 'node:crypto',
    );

    expect(show(outward('lib/comparison', ['lib/comparison', 'lambda/core']))).toEqual([]);
    expect(show(packages)).toEqual([]);
  });

  it('knows nothing of the local world, and of the functions no more than their answers', () => {
    expect(show(outward('bin/daypass', ['bin/daypass', 'lib', 'lambda/core']))).toEqual([]);
    expect([...reach('bin/daypass.ts')].filter(isIn('local'))).toEqual([]);
    expect(show(packagesReachedFrom('bin/daypass.ts').filter(isOfCdk))).toEqual([]);
  });

  it('loads no command but the one that is asked for', () => {
    const loaded = ['bin/daypass.ts', 'bin/daypass/program.ts', ...commands].flatMap((file) =>
      [...reachAtOnce(file)]
        .filter((one) => commands.includes(one) && one !== file)
        .map((one) => `${file} → ${one}`),
    );

    expect(commands.length).toBeGreaterThan(20);
    expect(loaded).toEqual([]);
    expect(packagesLoadedWith('bin/daypass/program.ts')).toEqual(['commander']);
  });

  // Whoever logs in waits for an issuer anyway.
  it.each(commands.filter((file) => !file.endsWith('/login.ts')))(
    '%s begins without what only its action needs',
    (file) => {
      const packages = packagesLoadedWith(file).filter((name) => name !== 'commander');

      expect(packages).toEqual([]);
    },
  );
});

describe('what is impure', () => {
  const outsideOf = (...folders: readonly string[]) =>
    files.filter((file) => !folders.some((folder) => isIn(folder)(file)));

  it('reads the environment in functions and bin alone', () => {
    const found = outsideOf('lambda/functions', 'bin', 'local')
      // What programs are given, as bin is what people are.
      .filter((file) => file !== 'lib/client/from-daypass.ts')
      // A mark for what the SDK's own chain starts, which has it from there alone.
      .filter((file) => file !== 'lib/client/login/aws-signer.ts')
      .filter((file) => /\bprocess\.env\b/.test(textOf(file)));

    expect(found).toEqual([]);
  });

  it('reads the environment by requireEnv alone, within functions', () => {
    const found = files
      .filter(isIn('lambda/functions'))
      .filter((file) => file !== 'lambda/functions/environment.ts' && /\bprocess\.env\b/.test(textOf(file)));

    expect(found).toEqual([]);
  });

  it('takes the real clock and real randomness in functions and bin alone', () => {
    const found = outsideOf('lambda/functions', 'bin', 'local')
      .filter(isIn('lambda'))
      .filter((file) =>
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.now\b|\brandom(Bytes|UUID)\b/.test(
          withoutComments(textOf(file)),
        ),
      );

    expect(found).toEqual([]);
  });

  it('writes to the console in bin and local alone', () => {
    const found = outsideOf('bin', 'local').filter((file) => /\bconsole\.\w+\(/.test(textOf(file)));

    expect(found).toEqual([]);
  });
});

describe('files', () => {
  it('are named in kebab-case after what they export, never after a drawer', () => {
    const names = files.map((file) => file.split('/').at(-1) ?? '');

    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(name))).toEqual([]);
    expect(
      names.filter((name) =>
        /^(util|utils|helper|helpers|common|misc|manager|service|data|index)\.ts$/.test(name),
      ),
    ).toEqual([]);
  });

  it('have no default export', () => {
    expect(files.filter((file) => /^export default\b/m.test(textOf(file)))).toEqual([]);
  });
});

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '');
