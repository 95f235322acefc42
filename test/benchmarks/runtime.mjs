/*
 * Lambda's side of a function, as little of it as there can be: `runtime.mjs <module> <event file> [<bare URL>]`.
 * JavaScript, so that no type is stripped while the clock runs.
 */
import { readFileSync } from 'node:fs';
import http from 'node:http';

const [, , module, eventFile, bareUrl] = process.argv;
const event = readFileSync(eventFile, 'utf8');
const { handler } = await import(module);
const invoke = () => handler(JSON.parse(event), { awsRequestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef' });
// A defect shows by its answer: the parent compares it.
const first = JSON.stringify(await invoke());
process.stdout.write(
  `${JSON.stringify(bareUrl === undefined ? { first } : { first, ...(await measureHot()) })}\n`,
);
process.exit(0);

/** Microseconds of this process's CPU, in sequence, after the compiler has seen enough of them. */
async function measureHot() {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const twoCalls = async () => {
    await post(agent);
    await post(agent);
  };
  const warmUntil = performance.now() + 3000;
  for (let i = 0; i < 150 && performance.now() < warmUntil; i += 1) {
    await invoke();
    await twoCalls();
  }
  // In turns, so that whatever else the machine does meets both.
  let requests = 0;
  let bare = 0;
  const until = performance.now() + 4000;
  for (let round = 0; round < 10 && (round === 0 || performance.now() < until); round += 1) {
    requests += await cpuOf(invoke, 20);
    bare += await cpuOf(twoCalls, 20);
  }
  return { ratio: requests / bare };
}

async function cpuOf(work, times) {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i += 1) await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function post(agent) {
  return new Promise((resolve, reject) => {
    const request = http.request(bareUrl, { method: 'POST', agent }, (response) => {
      response.on('data', () => {}).on('end', resolve);
    });
    request.on('error', reject).end('x'.repeat(1024));
  });
}
