import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEventBridgeEventBus } from '../../../lambda/adapters/eventbridge-event-bus.ts';
import type { BrokerEvent } from '../../../lambda/core/publishing/event-schemas.ts';
import type { KeptEvent } from '../../../local/aws/events/events.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

const anEvent = (id: string, reason = 'incident 42'): BrokerEvent => ({
  detailType: 'Daypass Issuance',
  detail: {
    ...{ schemaVersion: 1, id, stage: 'prod', issuanceId: id, state: 'DENIED', reason },
    principal: { issuer: 'okta', subject: 'alice@example.com' },
    ...{
      createdAt: '2026-01-01T00:00:00.000Z',
      sourceIp: '203.0.113.7',
      gatewayRequestId: 'JKJaXmPLvHcESHA=',
    },
  },
});

const events = (count: number, reason?: string) =>
  Array.from({ length: count }, (_, index) => anEvent(`E${index}`, reason));

const toBus = (endpoint: string) =>
  createEventBridgeEventBus({
    client: new EventBridgeClient({
      ...{ endpoint, region: 'eu-west-1', maxAttempts: 1, credentials: { ...admin } },
      requestHandler: { httpAgent: { keepAlive: false } },
    }),
    timeoutMs: 500,
  });

let aws: TestAws;
let server: LoopbackServer;
beforeAll(async () => {
  aws = await startTestAws(aWorld());
  server = await startLoopbackServer();
});
afterAll(async () => {
  await aws.stop();
  await server.close();
});

const kept = async () => {
  const answer = await fetch(`${aws.url}/_local/events`);
  return ((await answer.json()) as { readonly Events: readonly KeptEvent[] }).Events;
};

/** What was sent in each call, by the events' ids. */
const sent = () =>
  server.requests.map(({ body }) =>
    (JSON.parse(body).Entries as readonly { readonly Detail: string }[]).map(
      ({ Detail }) => JSON.parse(Detail).id,
    ),
  );

const answering = (...answers: readonly (readonly object[])[]) => {
  let next = 0;
  server.respond((response) => {
    const Entries = answers[Math.min(next, answers.length - 1)];
    next += 1;
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ FailedEntryCount: 0, Entries }));
  });
};

const taken = (count: number) => Array.from({ length: count }, (_, index) => ({ EventId: String(index) }));

describe('the bus of EventBridge', () => {
  it('puts events onto the default bus, all of them and in their order', async () => {
    expect(await toBus(aws.url).put(events(23))).toEqual({ count: 23 });

    const found = await kept();
    expect(found.map(({ detail }) => (detail as { readonly id: string }).id)).toEqual(
      events(23).map(({ detail }) => detail.id),
    );
    expect(found[0]).toMatchObject({
      source: 'daypass',
      'detail-type': 'Daypass Issuance',
      account: '111111111111',
    });
    expect(found[0]?.detail).toEqual(anEvent('E0').detail);
  });

  it('asks nothing where there are none', async () => {
    answering([]);

    expect(await toBus(server.url).put([])).toEqual({ count: 0 });
    expect(server.requests).toEqual([]);
  });

  it('hands over ten in a call', async () => {
    answering(taken(10), taken(10), taken(3));

    expect(await toBus(server.url).put(events(23))).toEqual({ count: 23 });
    expect(sent().map(({ length }) => length)).toEqual([10, 10, 3]);
  });

  it('hands over no more bytes in a call than EventBridge takes', async () => {
    answering(taken(2), taken(2), taken(1));

    // Two of 99 KB go together; counted in characters, five of them would.
    expect(await toBus(server.url).put(events(5, '€'.repeat(33_000)))).toEqual({ count: 5 });
    expect(sent().map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it('stops at the first that is not taken, though the call succeeded', async () => {
    answering(taken(10), [{ EventId: 'a' }, { ErrorCode: 'InternalFailure' }, ...taken(8)]);

    expect(await toBus(server.url).put(events(23))).toEqual({
      ...{ count: 11, failure: { errorCode: 'InternalFailure' } },
    });
    expect(sent()).toHaveLength(2);
  });

  it('takes an entry without an answer for one that was not taken', async () => {
    answering(taken(2));

    expect(await toBus(server.url).put(events(3))).toEqual({ count: 2, failure: { errorCode: 'NoResult' } });
  });

  it('says why when nothing was taken', async () => {
    aws.faults.replace([{ service: 'events', kind: 'throttle', times: 1 }]);

    expect(await toBus(aws.url).put(events(2))).toEqual({
      ...{ count: 0, failure: { errorCode: 'ThrottlingException' } },
    });
  });

  it.each<[string, (url: string) => Promise<unknown>]>([
    [
      'that answers nothing',
      (url) => {
        server.respond(() => {});
        return toBus(url).put(events(1));
      },
    ],
    [
      'that is cut off',
      (url) => {
        server.respond((response) => response.destroy());
        return toBus(url).put(events(1));
      },
    ],
    [
      'whose answer is empty',
      (url) => {
        server.respond((response) => response.end('{}'));
        return toBus(url).put(events(1));
      },
    ],
  ])('takes a call %s for none', async (_what, put) => {
    expect(await put(server.url)).toEqual({ count: 0, failure: { errorCode: expect.any(String) } });
  });
});
