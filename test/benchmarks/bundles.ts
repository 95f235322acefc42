/**
 * `npm run bench`: how long a caller waits for the deployed bundles' first answer, and what each further one costs,
 * as ratios to an empty handler and to two bare HTTP calls in the same run. Numbers to look at: none of them fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { toAuthorizerEvent, toProxyEvent } from './container-credentials-events.ts';
import { type DeployedFunction, startDeployedDaypass } from './deployed-daypass.ts';
import { barePath, type Replay, startReplay } from './replay.ts';

const runtime = new URL('runtime.mjs', import.meta.url).pathname;
/** Cold starts of each: as many as there are, while there is time. */
const rounds = 11;
const coldBudgetMs = 15_000;
/** What SDKs wait for container credentials before they warn (JS) or try again (botocore: twice as long). */
const sdkPatienceMs = 1000;

interface Measured {
  readonly answer: string;
  readonly wallMs: number;
  /** Of the CPU of a request to that of two bare HTTP calls. */
  readonly ratio?: number;
}

interface Subject extends DeployedFunction {
  readonly name: string;
  readonly eventFile: string;
}

const outdir = mkdtempSync(join(tmpdir(), 'daypass-bench-'));
try {
  console.log('bundling …');
  const daypass = await startDeployedDaypass(outdir);
  const replay = await startReplay(daypass.awsUrl);
  try {
    report(await measure(await toSubjects(daypass), replay));
  } finally {
    replay.close();
    await daypass.close();
  }
} finally {
  rmSync(outdir, { recursive: true, force: true });
}

/** The empty handler first, then the two that stand between a caller and its credentials, each with its event. */
async function toSubjects({ functions, token }: Awaited<ReturnType<typeof startDeployedDaypass>>) {
  const toSubject = (name: string, deployed: DeployedFunction, event: object): Subject => {
    const eventFile = join(outdir, `${name}-event.json`);
    writeFileSync(eventFile, JSON.stringify(event));
    return { name, eventFile, ...deployed };
  };
  const emptyFile = join(outdir, 'empty.mjs');
  writeFileSync(emptyFile, 'export const handler = async () => ({ statusCode: 200, body: "{}" });\n');
  const empty = { module: pathToFileURL(emptyFile).href, environment: { TZ: ':UTC' } };
  const authorizer = toSubject('authorizer', functions.authorizer, toAuthorizerEvent(token));
  const { context, principalId } = JSON.parse((await run(authorizer)).answer);
  return [
    toSubject('empty handler', empty, {}),
    authorizer,
    toSubject('issuer', functions.issuer, toProxyEvent({ principalId, ...context })),
  ];
}

async function measure(subjects: readonly Subject[], replay: Replay) {
  const cold = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  const startedAt = performance.now();
  for (let round = 0; round < rounds && performance.now() - startedAt < coldBudgetMs; round += 1) {
    // In turns, so that whatever else the machine does meets all of them.
    for (const subject of subjects) {
      const { wallMs, answer } = await run(subject);
      requireSuccess(subject, answer);
      cold.get(subject.name)?.push(wallMs);
    }
  }
  const results = [];
  for (const subject of subjects) {
    const { ratio = Number.NaN } = await runHot(subject, replay);
    const file = fileURLToPath(subject.module);
    results.push({
      name: subject.name,
      kilobytes: statSync(file).size / 1024,
      coldMs: medianOf(cold.get(subject.name) ?? []),
      hotRatio: ratio,
    });
  }
  return results;
}

/** A new process: from its start to its first answer. */
async function run({ module, eventFile, environment }: Subject, ...more: string[]): Promise<Measured> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [runtime, module, eventFile, ...more], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let measured: Measured | undefined;
  // The functions' own log lines come between.
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { first, ...rest } = JSON.parse(line);
    if (first !== undefined) measured = { answer: first, wallMs: performance.now() - startedAt, ...rest };
  });
  await once(child, 'close');
  if (measured === undefined) throw new Error(`${module} gave no answer`);
  return measured;
}

/** Many requests of one process, whose AWS answers at once. */
function runHot(subject: Subject, { url }: Replay): Promise<Measured> {
  const environment = { ...subject.environment, AWS_ENDPOINT_URL: url };
  return run({ ...subject, environment }, `${url}${barePath}`);
}

/** A refusal is quick and proves nothing. */
function requireSuccess({ name }: Subject, answer: string): void {
  const { statusCode, policyDocument } = JSON.parse(answer);
  if (statusCode !== 200 && policyDocument === undefined) throw new Error(`${name} answered ${answer}`);
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function report(results: Awaited<ReturnType<typeof measure>>): void {
  const [empty] = results;
  if (empty === undefined) return;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = results.map(({ name, kilobytes, coldMs, hotRatio }) =>
    row([
      name,
      name === empty.name ? '–' : `${kilobytes.toFixed(0)} KB`,
      `${coldMs.toFixed(0)} ms`,
      (coldMs / empty.coldMs).toFixed(2),
      hotRatio.toFixed(2),
    ]),
  );
  const both = results.slice(1).reduce((sum, { coldMs }) => sum + coldMs, 0);
  console.log(
    [
      row([
        '',
        'bundle',
        'start to first answer',
        'ratio to an empty handler',
        'CPU hot, ratio to two HTTP calls',
      ]),
      row(Array(5).fill('---')),
      ...lines,
      '',
      `Both cold, one after the other: ${both.toFixed(0)} ms here; SDKs wait ${sdkPatienceMs} ms and longer.`,
    ].join('\n'),
  );
}
