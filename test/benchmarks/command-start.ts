/**
 * `node test/benchmarks/command-start.ts`: what the AWS CLI waits for when `credential_process` is
 * `daypass credentials` and the credentials are cached, as a ratio to a bare `node -e 0`, from source and from the
 * package's bundle. Numbers to look at: none of them fails. The bundle is meant to stay below 2.5.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { commandBundle } from '../../lib/bundle-options.ts';
import { connect } from '../../lib/client/connect.ts';
import { createCredentialCache, toCacheKey } from '../../lib/client/credential-cache.ts';
import { toDirectories } from '../../lib/client/directories.ts';
import { createLoginStore } from '../../lib/client/login-store.ts';

const root = new URL('../../', import.meta.url).pathname;
const profile = 'prod-readonly';
/** Starts of each. */
const rounds = 21;

interface Subject {
  readonly name: string;
  readonly args: readonly string[];
}

const home = mkdtempSync(join(tmpdir(), 'daypass-start-'));
try {
  const env = { HOME: home, DAYPASS_HOME: join(home, 'own'), DAYPASS_URL: 'https://daypass.example.com' };
  await fillCache(env);
  report(await measure(await toSubjects(), env));
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** Somebody who has logged in and asked before. */
async function fillCache(env: Readonly<Record<string, string>>): Promise<void> {
  const directories = toDirectories(env);
  const now = Date.now();
  const hour = 3_600_000;
  createLoginStore(directories).write(new URL('https://daypass.example.com/'), {
    kind: 'oidc',
    principal: { issuer: 'okta', subject: 'sre@example.com' },
    issuer: 'https://example.okta.com',
    clientId: 'daypass-cli',
    tokenKind: 'access-token',
    token: 'a'.repeat(800),
    obtainedAtMs: now,
    expiresAtMs: now + hour,
    refreshToken: 'r',
  });
  const cache = createCredentialCache({ directories, now: Date.now, note: console.error });
  cache.write(toCacheKey(await connect(env), { profile }), {
    credentials: {
      ...{
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        secretAccessKey: 's'.repeat(40),
        sessionToken: 't'.repeat(700),
      },
      ...{ expiration: new Date(now + hour), issuanceId: '01M7ZQ0KQ76WE38W4NEJ2WZG8B' },
    },
    issuedAt: now,
    freshUntil: now + hour,
    expiresAt: now + hour,
  });
}

async function toSubjects(): Promise<readonly Subject[]> {
  // Where the package has it: two folders below its package.json.
  cpSync(join(root, 'package.json'), join(home, 'package.json'));
  const outdir = join(home, 'dist/bin');
  await build({
    ...commandBundle,
    mainFields: [...commandBundle.mainFields],
    absWorkingDir: root,
    outdir,
  });
  const asked = ['credentials', profile];
  return [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'daypass credentials, bundled', args: [join(outdir, 'daypass.js'), ...asked] },
    { name: 'daypass credentials, from source', args: [join(root, 'bin/daypass.ts'), ...asked] },
  ];
}

interface Measured {
  readonly name: string;
  readonly medianMs: number;
  /** What it takes where nothing else runs. */
  readonly leastMs: number;
}

async function measure(
  subjects: readonly Subject[],
  env: Readonly<Record<string, string>>,
): Promise<readonly Measured[]> {
  const times = subjects.map((): number[] => []);
  // The first ones fill Node's own cache of compiled code.
  for (const subject of subjects) await start(subject, env);
  for (let round = 0; round < rounds; round += 1) {
    // In turns, so that whatever else the machine does meets all of them.
    for (const [index, subject] of subjects.entries()) times[index]?.push(await start(subject, env));
  }
  return subjects.map(({ name }, index) => {
    const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
    return {
      name,
      medianMs: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
      leastMs: sorted[0] ?? Number.NaN,
    };
  });
}

/** Milliseconds from its start to its end. */
async function start({ name, args }: Subject, env: Readonly<Record<string, string>>): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.length;
  });
  const [code] = await once(child, 'close');
  const wallMs = performance.now() - startedAt;
  // A refusal is quick and proves nothing.
  if (code !== 0 || (name.startsWith('daypass') && printed < 500))
    throw new Error(`${name} ended with ${code}`);
  return wallMs;
}

function report(results: readonly Measured[]): void {
  const [bare] = results;
  if (bare === undefined) return;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  console.log(
    [
      row(['', 'median', 'ratio to bare node', 'least', 'ratio to bare node']),
      row(Array(5).fill('---')),
      ...results.map(({ name, medianMs, leastMs }) =>
        row([
          name,
          `${medianMs.toFixed(0)} ms`,
          (medianMs / bare.medianMs).toFixed(2),
          `${leastMs.toFixed(0)} ms`,
          (leastMs / bare.leastMs).toFixed(2),
        ]),
      ),
    ].join('\n'),
  );
}
