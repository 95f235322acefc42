import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { BrokerError } from '../../../../lambda/core/errors.ts';
import type { Integration, IntegrationState } from '../../../../lambda/core/integrations/integration.ts';
import type { IntegrationStore } from '../../../../lambda/core/integrations/integration-ports.ts';
import type { ManageIntegrations } from '../../../../lambda/core/integrations/manage-integrations.ts';
import {
  aFailedVerification,
  aNewIntegrationDocument,
  aVerification,
  createMemoryIntegrations,
  type MemoryIntegrations,
  manageIntegrations,
  manager,
  secondManager,
  someSettings,
} from '../../../support/managing-integrations.ts';
import { nowMs } from '../../../support/tokens.ts';

/** One thing that an administrator does: with what it read last, which may be old by then. */
const step = fc.record({
  who: fc.constantFrom(manager, secondManager),
  what: fc.constantFrom(
    'read',
    'describe',
    'tag',
    'move',
    'suspend',
    'resume',
    'rotate',
    'retire-next',
    'retire-previous',
    'pass',
    'fail',
    'drift',
    'keys',
    'create',
    'delete',
  ),
  word: fc.integer({ min: 0, max: 3 }),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** From each state to those that a change may lead to; to itself always. */
const edges: Readonly<Record<IntegrationState, readonly IntegrationState[]>> = {
  CREATED: ['VERIFIED', 'FAILED', 'SUSPENDED', 'DELETED'],
  VERIFIED: ['CREATED', 'FAILED', 'SUSPENDED', 'DELETED'],
  FAILED: ['CREATED', 'VERIFIED', 'SUSPENDED', 'DELETED'],
  SUSPENDED: ['CREATED', 'DELETED'],
  DELETED: [],
};

const name = 'acme';

/** What an administrator does in one step. Answers the version that it made; `undefined` for a read or a refusal. */
async function act(
  integrations: ManageIntegrations,
  { who, what, word }: Step,
  seen: Integration | undefined,
  tick: number,
): Promise<Integration | undefined> {
  const ifMatch = seen?.version ?? 1;
  const change = { ifMatch };
  const at = new Date(nowMs + tick).toISOString();
  const proved = seen?.externalIds.next === undefined ? 'current' : 'next';
  const record = (verification: ReturnType<typeof aVerification>, bySchedule?: true) =>
    seen === undefined
      ? Promise.resolve(undefined)
      : integrations.recordVerification({
          basis: seen,
          verification: { ...verification, version: seen.version },
          ...(bySchedule === undefined ? { caller: who } : {}),
        });
  const update = (settings: object) =>
    integrations.update(who, name, { ...change, body: someSettings({ ...settings }) });
  const keep = { roleArn: seen?.roleArn ?? someSettings().roleArn };
  switch (what) {
    case 'read':
      return undefined;
    case 'create':
      return integrations.create(who, aNewIntegrationDocument());
    case 'describe':
      return update({ ...keep, description: `words ${word}` });
    case 'tag':
      return update({ ...keep, sessionTags: { word: String(word) } });
    case 'move':
      return update({ roleArn: `arn:aws:iam::444444444444:role/R${word}` });
    case 'suspend':
      return integrations.suspend(who, name, { ...change, reason: 'a leak' });
    case 'resume':
      return integrations.resume(who, name, change);
    case 'rotate':
      return integrations.rotateExternalId(who, name, change);
    case 'retire-next':
    case 'retire-previous':
      return integrations.retireExternalId(who, name, {
        ...change,
        which: what === 'retire-next' ? 'next' : 'previous',
      });
    case 'pass':
      return record(
        aVerification({ at, proved, probes: [{ kind: 'previous-id', wanted: 'refused', seen: 'refused' }] }),
      );
    case 'fail':
      return record(aFailedVerification('error', { at, proved }));
    case 'drift':
      return record(aFailedVerification('danger', { at, proved }), true);
    case 'keys': {
      const kept = await integrations.rotateKeys(who, name, { ...change, body: { jwks: { keys: [] } } });
      // The same keys again make no version.
      return kept.version === ifMatch ? undefined : kept;
    }
    case 'delete':
      return word === 0 ? integrations.delete(who, name, change) : undefined;
  }
}

/** Two administrators, each one step after the other, their calls of the store in whatever order. */
async function run(scheduler: fc.Scheduler, steps: readonly Step[], memory: MemoryIntegrations) {
  const scheduled: IntegrationStore = {
    ...memory,
    find: scheduler.scheduleFunction((of: string) => memory.find(of)),
    append: scheduler.scheduleFunction(memory.append),
  };
  const reserve = scheduler.scheduleFunction((id: string, of: string) => memory.reserve(id, of));
  const integrations = manageIntegrations({ store: scheduled, reserve });
  const accepted: Integration[] = [];
  const unexpected: unknown[] = [];
  let tick = 0;

  const work = async (who: typeof manager) => {
    let seen: Integration | undefined;
    for (const one of steps.filter((each) => each.who === who)) {
      tick += 1;
      try {
        const made = await act(integrations, one, seen, tick);
        if (made !== undefined) accepted.push(made);
        seen = one.what === 'read' ? (await integrations.find(who, name)).integration : (made ?? seen);
      } catch (error) {
        if (!(error instanceof BrokerError)) unexpected.push(error);
      }
    }
  };

  const both = Promise.all([work(manager), work(secondManager)]);
  await scheduler.waitFor(both);
  return { accepted, unexpected };
}

const idsOf = ({ externalIds: { current, next, previous } }: Integration) =>
  [current, next, ...(previous ?? []).map(({ value }) => value)].filter((id) => id !== undefined);

describe('two administrators in any order', () => {
  const property = (
    check: (seen: { memory: MemoryIntegrations; accepted: readonly Integration[] }) => void,
  ) =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 1, maxLength: 25 }),
        async (scheduler, steps) => {
          const memory = createMemoryIntegrations();
          const create: Step = { who: manager, what: 'create', word: 0 };
          const { accepted, unexpected } = await run(scheduler, [create, ...steps], memory);
          expect(unexpected).toEqual([]);
          check({ memory, accepted });
        },
      ),
      { numRuns: 300 },
    );

  it('leave every accepted change in the history exactly once, in versions without gaps', async () => {
    await property(({ memory, accepted }) => {
      const kept = memory.versions.map(({ integration }) => integration);
      expect(kept.map(({ version }) => version)).toEqual(kept.map((_, index) => index + 1));
      expect([...accepted].sort((a, b) => a.version - b.version)).toEqual(kept);
    });
  });

  it('never use an ExternalId again, nor one that was not reserved first', async () => {
    await property(({ memory }) => {
      const gone = new Set<string>();
      let before: readonly string[] = [];
      for (const { integration } of memory.versions) {
        const ids = idsOf(integration);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) {
          expect(memory.reserved.get(id)).toBe(name);
          expect(gone.has(id)).toBe(false);
        }
        for (const id of before) if (!ids.includes(id)) gone.add(id);
        before = ids;
      }
    });
  });

  it('only ever take an integration along an allowed edge', async () => {
    await property(({ memory }) => {
      const states = memory.versions.map(({ integration }) => integration.state);
      expect(states[0]).toBe('CREATED');
      for (const [index, state] of states.slice(1).entries()) {
        const from = states[index] ?? 'DELETED';
        if (from === 'DELETED' || state !== from) expect(edges[from]).toContain(state);
      }
    });
  });

  it('never have what issues without a proof of just that role, request and ExternalId', async () => {
    await property(({ memory }) => {
      let proven: string | undefined;
      for (const { integration, change } of memory.versions) {
        const { roleArn, sessionTags, externalIds, verification, state } = integration;
        const asked = JSON.stringify([roleArn, sessionTags, externalIds.current]);
        if (change.operation === 'verify' && verification?.result === 'PASSED') proven = asked;
        if (state === 'VERIFIED') expect(proven).toBe(asked);
        expect(state === 'SUSPENDED').toBe(integration.suspension !== undefined && state !== 'DELETED');
      }
    });
  });
});
