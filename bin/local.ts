/** `npm start`: the broker and everything around it, on loopback, until SIGINT or SIGTERM. */

/** Milliseconds. The data directory opens again whatever is cut off, so nobody has to wait longer. */
const stopWithinMs = 900;

let close: (() => Promise<void>) | undefined;
let stopping = false;

// Before anything else is loaded, so that a signal during the start stops it too.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
// Whoever reads may go away, as in `npm start | head`: that ends neither in a stack trace nor at all.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

await run();

async function run(): Promise<void> {
  const { FlagError, help, parseFlags } = await import('../local/parse-flags.ts');
  const { StartError } = await import('../local/start-error.ts');
  try {
    const flags = parseFlags(process.argv.slice(2));
    if (flags.help) process.stdout.write(help);
    else await start(flags);
  } catch (error) {
    if (!(error instanceof FlagError || error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(error instanceof FlagError ? 2 : 1);
  }
}

async function start(flags: import('../local/parse-flags.ts').Flags): Promise<void> {
  const { startLocal } = await import('../local/start-local.ts');
  const { toBanner, toIntroduction, toTour } = await import('../local/tour.ts');
  const local = await startLocal({ ...flags, log: (line) => process.stderr.write(`${line}\n`) });
  close = local.close;
  const { broker, aws, identityProvider } = local;
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ broker, aws, identityProvider })}\n`
      : `${toBanner(local)}\n${toIntroduction(local)}\nOr the API itself. Paste into another terminal:\n\n${toTour(local)}\nStop with Ctrl-C.\n`,
  );
}

/** During the start there is nothing yet that would have to be closed in order. */
function stop(): void {
  // A Ctrl-C comes twice: from the terminal, and passed on by npm.
  if (stopping) return;
  stopping = true;
  setTimeout(() => process.exit(0), stopWithinMs);
  const closed = close?.() ?? Promise.resolve();
  closed.then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`while stopping: ${error}\n`);
      process.exit(1);
    },
  );
}
