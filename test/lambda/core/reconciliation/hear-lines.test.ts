import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Discovery } from '../../../../lambda/core/reconciliation/finding.ts';
import { hearLines } from '../../../../lambda/core/reconciliation/hear-lines.ts';
import type { GatewayLine } from '../../../../lambda/core/reconciliation/reconciliation-ports.ts';
import { settles } from '../../../support/emitted-metrics.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';

const lines = Array.from({ length: 40 }, (_, index) => ({ gatewayRequestId: `r${index}` }));
const ids = lines.map(({ gatewayRequestId }) => gatewayRequestId);

const discovery: Discovery = {
  ...{ id: 'other-principal-x', kind: 'other-principal', severity: 'critical', summary: 's' },
  differences: [],
};

/** Fails at some, and finds something in each that it compares. */
function aHearing({ unkept = [] as readonly string[], uncompared = [] as readonly string[] } = {}) {
  const done: string[] = [];
  const attempt = (what: string, { gatewayRequestId: id }: GatewayLine, failing: readonly string[]) => {
    if (failing.includes(id)) throw new Error(`${id} fails`);
    done.push(`${what} ${id}`);
  };
  const hearLine = {
    keep: async (line: GatewayLine) => attempt('keep', line, unkept),
    compare: async (line: GatewayLine) => {
      attempt('compare', line, uncompared);
      return [{ discovery, isNew: true }];
    },
  };
  return { hearLine, done };
}

describe('the lines of a delivery', () => {
  it('are all kept before the first is compared', async () => {
    const { hearLine, done } = aHearing();

    const { found, failures } = await hearLines(lines, { hearLine, hasTime: () => true });

    expect(done).toEqual([...ids.map((id) => `keep ${id}`), ...ids.map((id) => `compare ${id}`)]);
    expect([found.length, failures]).toEqual([40, []]);
  });

  it('are kept and compared but for those that fail, which are told', async () => {
    const { hearLine, done } = aHearing({ unkept: ['r0', 'r20'], uncompared: ['r1'] });

    const { found, failures } = await hearLines(lines, { hearLine, hasTime: () => true });

    expect(done.filter((one) => one.startsWith('keep'))).toHaveLength(38);
    expect(done.filter((one) => one.startsWith('compare'))).toHaveLength(37);
    expect(found).toHaveLength(37);
    expect(failures.map(String)).toEqual(['Error: r0 fails', 'Error: r20 fails', 'Error: r1 fails']);
  });

  it('that there is no time for are told as well', async () => {
    const { hearLine, done } = aHearing();
    let batches = 0;

    const { failures } = await hearLines(lines, { hearLine, hasTime: () => ++batches <= 1 });

    expect(done).toEqual(ids.slice(0, 16).map((id) => `keep ${id}`));
    expect(failures.length).toBeGreaterThan(0);
  });
});

it('a delivery of which a line fails comes again, and what was found of the others is told', async () => {
  const { hearLine } = aHearing({ uncompared: ['r1'] });
  const logger = aRecordingLogger();
  const handle = settles([], logger, { hearLine });

  const logEvents = ids.map((extendedRequestId) => ({ message: JSON.stringify({ extendedRequestId }) }));
  const data = gzipSync(JSON.stringify({ messageType: 'DATA_MESSAGE', logEvents })).toString('base64');

  await expect(handle({ awslogs: { data } }, () => 60_000)).rejects.toThrow('lines of the access log');

  expect(logger.entries.filter(({ message }) => message === 'finding')).toHaveLength(39);
});
