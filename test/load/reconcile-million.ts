/** `node test/load/reconcile-million.ts [events]`: a stream of the bus through the bundle of the function that reconciles. */
import { startReconciler } from '../support/a-reconciler.ts';
import { runStream } from '../support/trail-stream.ts';

const total = Number(process.argv[2] ?? 1_000_000);
const reconciler = await startReconciler();
try {
  const startedAt = performance.now();
  const outcome = await runStream(reconciler, {
    ...{ total, issuances: Math.ceil(total / 500), rogues: 100 },
    onProgress: (delivered) => {
      if (delivered % 100_000 === 0) process.stdout.write(`${delivered} events\n`);
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const wrong = Object.entries(outcome).map(([what, ids]) => `${what} ${ids.length}`);
  process.stdout.write(`${total} events in ${seconds.toFixed(0)} s: ${wrong.join(', ')}\n`);
  if (Object.values(outcome).some((ids) => ids.length > 0)) process.exitCode = 1;
} finally {
  await reconciler.stop();
}
