import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ulid } from 'ulid';
import { createDynamodbIssuanceRecorder } from '../../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { integrationRoutes } from '../../../lambda/http/integration-routes.ts';
import type { Operation } from '../../../lambda/http/routes.ts';
import { aContext, anEvent } from '../../support/an-event.ts';
import { anIntent, outcomes } from '../../support/an-issuance.ts';
import {
  aManager,
  answering,
  aThirdParty,
  type IntegrationsFunction,
  startIntegrationsFunction,
  tableNames,
} from '../../support/integrations-function.ts';
import {
  aFailedVerification,
  aNewIntegrationDocument,
  aVerification,
  someSettings,
  thumbprintOf,
} from '../../support/managing-integrations.ts';
import { aSigningKey } from '../../support/tokens.ts';

let daypass: IntegrationsFunction;
let lines: string[];

beforeAll(async () => {
  daypass = await startIntegrationsFunction();
}, 20_000);
afterAll(() => daypass.stop());
beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  daypass.verifying.asked.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
  daypass.aws.faults.clear();
});

const call: IntegrationsFunction['call'] = (...request) => daypass.call(...request);
const manager = aManager();
let names = 0;

/** A new one of a name of its own. */
async function create(changes: Readonly<Record<string, unknown>> = {}) {
  names += 1;
  const name = `partner-${names}`;
  const { status, body, etag } = await call('createIntegration', manager, {
    body: aNewIntegrationDocument({ name, ...changes }),
  });
  expect(status).toBe(201);
  return { name, etag, externalId: body.externalIds.current as string };
}

const rows = async () => {
  const { Items = [] } = await daypass.aws
    .dynamodb()
    .send(new ScanCommand({ TableName: tableNames.issuances }));
  return Items.map((item) => unmarshall(item));
};

/** As the function that issues writes it. */
async function record(integration: string, outcome: (typeof outcomes)[keyof typeof outcomes]): Promise<void> {
  const recorder = createDynamodbIssuanceRecorder({
    ...{ client: daypass.aws.dynamodb(), tableName: tableNames.issuances },
    pause: async () => {},
  });
  const { profile: _none, ...attempt } = anIntent({
    id: ulid(),
    createdAt: new Date().toISOString(),
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 600,
    integration,
  });
  await recorder.recordIntent(attempt);
  await recorder.recordOutcome(attempt, outcome);
}

const schemaOf = (operation: Operation) =>
  integrationRoutes.find((route) => route.operation === operation)?.schemas.answer;

describe('managing integrations', () => {
  it('makes one with an ExternalId of 128 random bits, an ETag and its place', async () => {
    const { status, headers, body } = await call('createIntegration', manager, {
      body: aNewIntegrationDocument({ name: 'made' }),
    });

    expect(status).toBe(201);
    expect(headers).toMatchObject({
      ETag: '"1"',
      Location: 'integrations/made',
      'Cache-Control': 'no-store',
    });
    expect(body).toMatchObject({ name: 'made', version: 1, state: 'CREATED' });
    expect(body.externalIds.current).toMatch(/^daypass-[0-9a-f]{32}$/);
  });

  it('shows, replaces, suspends, resumes, rotates, retires and deletes, with a new ETag each time', async () => {
    const { name, externalId } = await create();
    const tags: string[] = [];
    const change = async (operation: Operation, parts: Parameters<typeof call>[2] = {}) => {
      const ifMatch = (await call('getIntegration', manager, { name })).etag;
      const answer = await call(operation, manager, { name, ifMatch, ...parts });
      expect(schemaOf(operation)?.safeParse(answer.body).error).toBeUndefined();
      tags.push(`${answer.status} ${answer.etag} ${answer.body.state}`);
      return answer.body;
    };

    const updated = await change('updateIntegration', {
      body: someSettings({ description: 'changed' }),
      query: { reason: ['TICKET-1'] },
    });
    await change('suspendIntegration', { body: { reason: 'a leak' } });
    await change('resumeIntegration');
    const rotated = await change('rotateExternalId');
    const retired = await change('retireExternalId', { body: { which: 'next' } });
    await change('replaceIntegrationKeys', { body: { jwks: { keys: [] } } });
    await change('deleteIntegration');
    const after = await call('getIntegration', manager, { name });
    const history = await call('getIntegrationHistory', manager, { name, query: { limit: ['3'] } });
    const rest = await call('getIntegrationHistory', manager, {
      name,
      query: { limit: ['50'], cursor: [history.body.nextCursor] },
    });

    expect(tags).toEqual([
      '200 "2" CREATED',
      '200 "3" SUSPENDED',
      '200 "4" CREATED',
      '200 "5" CREATED',
      '200 "6" CREATED',
      '200 "7" CREATED',
      '200 "8" DELETED',
    ]);
    expect(updated.description).toBe('changed');
    expect(rotated.externalIds).toEqual({ current: externalId, next: expect.stringMatching(/^daypass-/) });
    expect(retired.externalIds).toMatchObject({ current: externalId });
    expect(retired.externalIds).not.toHaveProperty('next');
    expect([after.status, after.body.code]).toEqual([404, 'integration-not-found']);
    expect(schemaOf('getIntegrationHistory')?.safeParse(history.body).error).toBeUndefined();
    const changes = [...history.body.changes, ...rest.body.changes];
    expect(changes.map((one) => `${one.version} ${one.operation} ${one.before?.version}`)).toEqual([
      '8 delete 7',
      '7 rotate-keys 6',
      '6 retire-external-id 5',
      '5 rotate-external-id 4',
      '4 resume 3',
      '3 suspend 2',
      '2 update 1',
      '1 create undefined',
    ]);
    expect(changes[6]).toMatchObject({
      principal: { issuer: 'okta', subject: 'mallory.manager' },
      reason: 'TICKET-1',
      sourceIp: '203.0.113.7',
      before: { description: "Acme's reports" },
      after: { description: 'changed' },
    });
    expect(JSON.stringify(changes)).not.toContain('nonce');
  });

  it('lists by pages without any ExternalId', async () => {
    await create();
    await create();

    const first = await call('listIntegrations', manager, { query: { limit: ['1'] } });
    const second = await call('listIntegrations', manager, {
      query: { limit: ['50'], cursor: [first.body.nextCursor], includeDeleted: ['true'] },
    });

    expect(schemaOf('listIntegrations')?.safeParse(second.body).error).toBeUndefined();
    expect(second.body.integrations[0].name > first.body.nextCursor).toBe(true);
    expect(JSON.stringify([first.body, second.body])).not.toMatch(/daypass-[0-9a-f]{32}/);
  });

  it('takes a document of more statements than other bodies have keys', async () => {
    const trust = Array.from({ length: 20 }, (_, index) => ({
      Sid: `S${index}`,
      Effect: 'Allow',
      Principal: { Federated: 'okta' },
      Condition: { StringEquals: { 'daypass:Subject': `person-${index}` } },
    }));

    const { name } = await create({ trust });

    expect((await call('getIntegration', manager, { name })).body.trust).toHaveLength(20);
  });

  it.each([
    ['trust-policy', 'application/json', /"sts:ExternalId"/],
    ['cloudformation', 'application/yaml', /AWS::IAM::Role/],
    ['terraform', 'text/plain; charset=utf-8', /aws_iam_role/],
    ['cli', 'text/plain; charset=utf-8', /aws iam create-role/],
    ['markdown', 'text/markdown; charset=utf-8', /^# /],
  ])('gives the kit as %s, with the ExternalId in it', async (format, type, pattern) => {
    const { name, externalId } = await create();

    const { headers, body } = await call('getOnboardingKit', manager, { name, query: { format: [format] } });

    const text = typeof body === 'string' ? body : JSON.stringify(body);
    expect(headers['Content-Type']).toBe(type);
    expect(text).toMatch(pattern);
    if (format !== 'markdown') expect(text).toContain(externalId);
  });

  it('gives the whole kit, which names the two functions by their fixed roles', async () => {
    const { name } = await create();

    const { body } = await call('getOnboardingKit', manager, { name });

    expect(schemaOf('getOnboardingKit')?.safeParse(body).error).toBeUndefined();
    expect(JSON.stringify(body.trustPolicy)).toContain(
      'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-integration-issuer',
    );
    expect(JSON.stringify(body.trustPolicy)).toContain('daypass-prod-eu-west-1-prober');
  });
});

const changes: readonly (readonly [Operation, object | undefined])[] = [
  ['updateIntegration', someSettings()],
  ['deleteIntegration', undefined],
  ['suspendIntegration', { reason: 'a leak' }],
  ['resumeIntegration', {}],
  ['rotateExternalId', {}],
  ['retireExternalId', { which: 'next' }],
  ['replaceIntegrationKeys', { jwks: { keys: [] } }],
];

const ofOne: readonly Operation[] = [
  ...changes.map(([operation]) => operation),
  'getIntegration',
  'getIntegrationHistory',
  'getOnboardingKit',
  'verifyIntegration',
];

const bodyOf = (operation: Operation) => changes.find(([one]) => one === operation)?.[1];

describe('a request that is refused', () => {
  it.each(changes.filter(([operation]) => operation !== 'suspendIntegration'))(
    '%s is 428 without If-Match, and changes nothing',
    async (operation, body) => {
      const { name } = await create();

      const answer = await call(operation, manager, { name, body });

      expect([answer.status, answer.body.code]).toEqual([428, 'version-required']);
      expect((await call('getIntegration', manager, { name })).etag).toBe('"1"');
    },
  );

  it.each(changes)('%s is 412 for another version than the newest', async (operation, body) => {
    const { name } = await create();

    const answer = await call(operation, manager, { name, body, ifMatch: '"2"' });

    expect([answer.status, answer.body.code]).toEqual([412, 'version-conflict']);
  });

  it.each(['*', 'W/"1"', '1', '"1", "2"', '"0"'])('is 400 for an If-Match of %s', async (ifMatch) => {
    const { name } = await create();

    const answer = await call('deleteIntegration', manager, { name, ifMatch });

    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
  });

  it('is 400 for two If-Match headers, though both say the same', async () => {
    const { name } = await create();

    const answer = await call('deleteIntegration', manager, { name, ifMatch: ['"1"', '"1"'] });

    expect(answer.status).toBe(400);
  });

  it.each(ofOne)('%s is 404 for a name that nobody had', async (operation) => {
    const answer = await call(operation, manager, {
      name: 'nobody',
      body: bodyOf(operation),
      ifMatch: '"1"',
    });

    expect([answer.status, answer.body.code]).toEqual([404, 'integration-not-found']);
    expect(daypass.verifying.asked).toEqual([]);
  });

  it.each(ofOne)('%s is 400 for what cannot be a name', async (operation) => {
    for (const name of ['self', 'daypass', 'ACME', 'a%2Fb', '..', 'x'.repeat(300)]) {
      const answer = await call(operation, manager, { name, body: bodyOf(operation), ifMatch: '"1"' });

      expect(answer.status).toBe(400);
    }
  });

  it.each([...ofOne, 'listIntegrations', 'createIntegration'] as const)(
    '%s is 403 to whom the section does not trust, whether or not the name exists, and leaves a row',
    async (operation) => {
      const { name, externalId } = await create();
      const body = operation === 'createIntegration' ? aNewIntegrationDocument() : bodyOf(operation);
      const stranger = aManager('stranger');

      const known = await call(operation, stranger, { name, body, ifMatch: '"1"' });
      const unknown = await call(operation, stranger, { name: 'nobody', body, ifMatch: '"1"' });

      const { issuanceId, ...problem } = known.body;
      expect([known.status, problem.code]).toEqual([403, 'access-denied']);
      expect({ ...unknown.body, issuanceId: undefined }).toEqual({ ...problem, issuanceId: undefined });
      expect(JSON.stringify([known, lines])).not.toContain(externalId);
      const row = (await rows()).find(({ id }) => id === issuanceId);
      const hasName = operation !== 'listIntegrations' && operation !== 'createIntegration';
      expect(row).toMatchObject({
        state: 'DENIED',
        purpose: 'integration',
        principal: { issuer: 'okta', subject: 'stranger' },
        ...(hasName ? { integration: name } : {}),
      });
      expect(daypass.verifying.asked).toEqual([]);
    },
  );

  it('is 409 for a name that was used, even by one that was deleted', async () => {
    const { name, etag } = await create();
    const taken = await call('createIntegration', manager, { body: aNewIntegrationDocument({ name }) });
    await call('deleteIntegration', manager, { name, ifMatch: etag });

    const deleted = await call('createIntegration', manager, { body: aNewIntegrationDocument({ name }) });

    expect([taken.status, taken.body.code]).toEqual([409, 'integration-name-taken']);
    expect([deleted.status, deleted.body.code]).toEqual([409, 'integration-name-taken']);
  });

  it.each([
    ['resumeIntegration', {}],
    ['retireExternalId', { which: 'next' }],
    ['retireExternalId', { which: 'previous' }],
  ] as const)('%s %j is 409 where there is nothing to end', async (operation, body) => {
    const { name } = await create();

    const answer = await call(operation, manager, { name, body, ifMatch: '"1"' });

    expect([answer.status, answer.body.code]).toEqual([409, 'integration-state-conflict']);
  });

  it.each([
    ['createIntegration', aNewIntegrationDocument({ externalId: 'mine' })],
    ['createIntegration', aNewIntegrationDocument({ roleArn: 'arn:aws:iam::111111111111:role/Own' })],
    ['createIntegration', aNewIntegrationDocument({ name: 'okta' })],
    ['updateIntegration', someSettings({ externalIds: { current: 'mine' } })],
    ['updateIntegration', someSettings({ name: 'other' })],
    ['suspendIntegration', {}],
    ['suspendIntegration', { reason: '' }],
    ['resumeIntegration', { force: true }],
    ['rotateExternalId', { next: 'daypass-0123456789abcdef0123456789abcdef' }],
    ['retireExternalId', { which: 'current' }],
    ['replaceIntegrationKeys', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }],
    ['replaceIntegrationKeys', {}],
  ] as const)('%s is 400 for the body %j', async (operation, body) => {
    const { name } = await create();

    const answer = await call(operation, manager, { name, body, ifMatch: '"1"' });

    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
  });

  it.each([
    ['listIntegrations', { limit: ['51'] }],
    ['listIntegrations', { cursor: ['self'] }],
    ['listIntegrations', { includeDeleted: ['1'] }],
    ['getIntegrationHistory', { cursor: ['0'] }],
    ['getOnboardingKit', { format: ['pdf'] }],
    ['deleteIntegration', { force: ['true'] }],
    ['deleteIntegration', { reason: ['a', 'b'] }],
  ] as const)('%s is 400 for the query %j', async (operation, query) => {
    const { name } = await create();

    const answer = await call(operation, manager, { name, query: { ...query }, ifMatch: '"1"' });

    expect([answer.status, answer.body.code]).toEqual([400, 'invalid-request']);
  });
});

describe('two administrators at once', () => {
  it.each(changes.filter(([operation]) => !['resumeIntegration', 'retireExternalId'].includes(operation)))(
    'have one %s between them, and the other is told',
    async (operation, body) => {
      const { name } = await create();
      const both = [manager, aManager('second.manager')];

      const answers = await Promise.all(
        both.map((principal) => call(operation, principal, { name, body, ifMatch: '"1"' })),
      );

      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const { body: history } = await call('getIntegrationHistory', manager, { name });
      expect(history.changes.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
    },
  );

  it('make one integration of a name between them', async () => {
    const body = aNewIntegrationDocument({ name: 'both' });

    const answers = await Promise.all(
      [manager, aManager('second.manager')].map((principal) =>
        call('createIntegration', principal, { body }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });
});

describe('verify', () => {
  it('asks the function whose role issues, and writes down what it saw', async () => {
    const { name } = await create();
    const { at: _at, ...passed } = aVerification();
    daypass.verifying.answer = answering(passed);

    const { status, etag, body } = await call('verifyIntegration', manager, { name });

    expect([status, etag, body.integration.state]).toEqual([200, '"2"', 'VERIFIED']);
    expect(schemaOf('verifyIntegration')?.safeParse(body).error).toBeUndefined();
    expect(daypass.verifying.asked).toEqual([
      {
        path: '/2015-03-31/functions/daypass-prod-eu-west-1-integration-issuer/invocations?Qualifier=verify',
        event: {
          task: 'verify',
          integration: name,
          authority: expect.objectContaining({
            principal: expect.objectContaining({ issuer: 'okta', subject: 'mallory.manager' }),
            statement: 'trust[0]',
          }),
        },
      },
    ]);
  });

  it('is 503 without an answer, and concludes nothing', async () => {
    const { name } = await create();
    daypass.verifying.answer = () => undefined;

    const { status, body } = await call('verifyIntegration', manager, { name });

    expect([status, body.code]).toEqual([503, 'verification-unavailable']);
    expect((await call('getIntegration', manager, { name })).etag).toBe('"1"');
  });

  it('is 412 where the role was changed meanwhile: what was seen is of another', async () => {
    const { name } = await create();
    const { at: _at, ...passed } = aVerification();
    daypass.verifying.answer = async () => {
      const body = someSettings({ roleArn: 'arn:aws:iam::444444444444:role/Other' });
      const { status } = await call('updateIntegration', manager, { name, ifMatch: '"1"', body });
      expect(status).toBe(200);
      return answering(passed)();
    };

    const { status, body } = await call('verifyIntegration', manager, { name });

    expect([status, body.code]).toEqual([412, 'version-conflict']);
    expect((await call('getIntegration', manager, { name })).body.state).toBe('CREATED');
  });

  it('keeps that it failed where something else was changed meanwhile', async () => {
    const { name } = await create();
    const { at: _at, ...failed } = aFailedVerification('error');
    daypass.verifying.answer = async () => {
      const body = someSettings({ description: 'changed' });
      await call('updateIntegration', manager, { name, ifMatch: '"1"', body });
      return answering(failed)();
    };

    const { status, etag, body } = await call('verifyIntegration', manager, { name });

    expect([status, etag, body.integration.state]).toEqual([200, '"3"', 'FAILED']);
    expect(body.integration.description).toBe('changed');
  });
});

describe('a third party that calls', () => {
  it('sees its own integration: the ExternalId, and why it is suspended, but not by whom or who of ours may use it', async () => {
    const { name, externalId } = await create();
    await call('suspendIntegration', manager, { name, ifMatch: '"1"', body: { reason: 'keys were lost' } });

    const { status, etag, body } = await call('getOwnIntegration', aThirdParty(name));

    expect([status, etag]).toEqual([200, '"2"']);
    expect(schemaOf('getOwnIntegration')?.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({
      ...{ name, state: 'SUSPENDED', externalIds: { current: externalId } },
      suspension: { reason: 'keys were lost' },
    });
    expect(Object.keys(body)).not.toContain('trust');
    expect(JSON.stringify(body)).not.toContain('mallory');
  });

  it('replaces its keys with a proof that has this one effect, and is told so of its second', async () => {
    const [key, next] = [await aSigningKey('1'), await aSigningKey('2')];
    const { name } = await create({ jwks: { keys: [key.publicJwk] } });
    const proven = aThirdParty(name, { proofId: 'p'.repeat(42) + names, keyThumbprint: thumbprintOf(key) });
    const change = { body: { jwks: { keys: [key.publicJwk, next.publicJwk] } }, ifMatch: '"1"' };

    const first = await call('replaceOwnKeys', proven, change);
    const body = { jwks: { keys: [key.publicJwk] } };
    const again = await call('replaceOwnKeys', proven, { body, ifMatch: first.etag });

    expect([first.status, first.etag]).toEqual([200, '"2"']);
    expect([again.status, again.body.code]).toEqual([401, 'proof-already-used']);
    expect((await call('getOwnIntegration', proven)).etag).toBe('"2"');
  });

  it('keeps its proof where a request is refused for what it says, or changes nothing', async () => {
    const key = await aSigningKey('1');
    const jwks = { keys: [key.publicJwk] };
    const { name } = await create({ jwks });
    const proven = aThirdParty(name, { proofId: 'q'.repeat(42) + names, keyThumbprint: thumbprintOf(key) });
    const put = (body: unknown, ifMatch?: string) =>
      call('replaceOwnKeys', proven, { body, ...(ifMatch === undefined ? {} : { ifMatch }) });

    const answers = [
      await put({ jwks: { keys: [] } }),
      await put({ jwks: { keys: [] } }, '"2"'),
      await put({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, '"1"'),
      await put({ jwks }, '"1"'),
      await put({ jwks: { keys: [] } }, '"1"'),
      await put({ jwks }, '"2"'),
    ];

    expect(answers.map(({ status, etag }) => `${status} ${etag}`)).toEqual([
      '428 undefined',
      '412 undefined',
      '400 undefined',
      '200 "1"',
      '200 "2"',
      '403 undefined',
    ]);
  });

  it('cannot put a key back that was taken away, which the authorizer still knows for a minute', async () => {
    const [lost, good] = [await aSigningKey('1'), await aSigningKey('2')];
    const { name } = await create({ jwks: { keys: [lost.publicJwk] } });
    const replaced = await call('replaceIntegrationKeys', manager, {
      ...{ name, ifMatch: '"1"', body: { jwks: { keys: [good.publicJwk] } } },
    });
    const before = (await rows()).length;

    const thief = aThirdParty(name, { proofId: 'r'.repeat(42) + names, keyThumbprint: thumbprintOf(lost) });
    const body = { jwks: { keys: [good.publicJwk, lost.publicJwk] } };
    const answer = await call('replaceOwnKeys', thief, { body, ifMatch: replaced.etag });

    expect([answer.status, answer.body.code]).toEqual([403, 'access-denied']);
    expect(answer.body.detail).toContain(
      'the key that signed this token is none of the integration any more',
    );
    expect((await rows()).length).toBe(before + 1);
    expect((await call('getIntegration', manager, { name })).etag).toBe('"2"');
  });

  it('is suspended at the first try, however often it changes its keys, and changes them ten times an hour', async () => {
    const key = await aSigningKey('1');
    const { name } = await create({ jwks: { keys: [key.publicJwk] } });
    const self = aThirdParty(name, { keyThumbprint: thumbprintOf(key) });
    const put = async (index: number) => {
      const { etag: ifMatch } = await call('getOwnIntegration', self);
      const keys = [{ ...key.publicJwk, kid: `again-${index}` }];
      return call('replaceOwnKeys', self, { body: { jwks: { keys } }, ifMatch });
    };

    const answers: Awaited<ReturnType<typeof call>>[] = [];
    for (let index = 0; index < 11; index += 1) answers.push(await put(index));
    const suspended = await call('suspendIntegration', manager, { name, body: { reason: 'a leak' } });

    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 10 }, () => 200), 429]);
    expect(answers[10]?.body.code).toBe('too-many-changes');
    expect(Number(answers[10]?.headers['Retry-After'])).toBeGreaterThan(3500);
    expect([suspended.status, suspended.etag]).toEqual([200, '"12"']);
  });

  it('is stopped everywhere but at its own while it is suspended, also where a section trusts it', async () => {
    const { name } = await create();
    const suspended = aThirdParty(name, { suspension: { reason: 'the contract has ended' } });

    const refused = await call('listIntegrations', suspended);
    const shown = await call('getOwnIntegration', suspended);

    expect([refused.status, refused.body.code]).toEqual([403, 'integration-suspended']);
    expect(refused.body.detail).toContain('the contract has ended');
    expect((await rows()).map(({ id }) => id)).toContain(refused.body.issuanceId);
    expect(shown.status).toBe(200);
  });

  it('cannot replace its keys while it is suspended', async () => {
    const key = await aSigningKey('1');
    const { name } = await create({ jwks: { keys: [key.publicJwk] } });
    await call('suspendIntegration', manager, { name, ifMatch: '"1"', body: { reason: 'a leak' } });

    const answer = await call('replaceOwnKeys', aThirdParty(name, { keyThumbprint: thumbprintOf(key) }), {
      ...{ body: { jwks: { keys: [] } }, ifMatch: '"2"' },
    });

    expect([answer.status, answer.body.code]).toEqual([409, 'integration-state-conflict']);
  });

  it('sees nothing of another, and manages nothing', async () => {
    const { name } = await create();
    const { name: other, externalId } = await create();

    for (const operation of ofOne) {
      const ifMatch = '"1"';
      const answer = await call(operation, aThirdParty(name), {
        name: other,
        body: bodyOf(operation),
        ifMatch,
      });

      expect(answer.status).toBe(403);
      expect(JSON.stringify(answer)).not.toContain(externalId);
    }
    expect((await call('getIntegration', manager, { name: other })).etag).toBe('"1"');
  });

  it.each(['getOwnIntegration', 'getOwnOnboardingKit', 'listOwnIssuances', 'replaceOwnKeys'] as const)(
    '%s is 403 to whoever is no third party, a manager as well',
    async (operation) => {
      const body = operation === 'replaceOwnKeys' ? { body: { jwks: { keys: [] } } } : {};
      const { status } = await call(operation, manager, { ...body, ifMatch: '"1"' });

      expect(status).toBe(403);
    },
  );

  it('lists what it asked for itself, its denials as well, and for its role none that did not reach it', async () => {
    const { name } = await create();
    const { name: other } = await create();
    await call('getIntegration', aThirdParty(name), { name: other });
    await call('getIntegration', aManager('stranger'), { name });

    const own = await call('listOwnIssuances', aThirdParty(name));
    const ofRole = await call('listOwnIssuances', aThirdParty(name), { query: { of: ['role'] } });

    expect(schemaOf('listOwnIssuances')?.safeParse(own.body).error).toBeUndefined();
    expect(own.body.issuances).toEqual([expect.objectContaining({ state: 'DENIED', integration: other })]);
    expect([ofRole.status, ofRole.body.issuances]).toEqual([200, []]);
  });

  it('sees what was asked of its role and of no other: what its CloudTrail shows, not who of ours asked from where and why', async () => {
    const { name } = await create();
    const { name: other } = await create();
    await record(name, outcomes.REFUSED);
    await record(name, outcomes.ISSUED);
    await record(other, outcomes.ISSUED);

    const { body } = await call('listOwnIssuances', aThirdParty(name), { query: { of: ['role'] } });

    expect(schemaOf('listOwnIssuances')?.safeParse(body).error).toBeUndefined();
    expect(body.issuances).toEqual([
      expect.objectContaining({ state: 'ISSUED', integration: name, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }),
    ]);
    for (const hidden of ['principal', 'sourceIp', 'userAgent', 'reason', 'statement', 'gatewayRequestId'])
      expect(body.issuances[0]).not.toHaveProperty(hidden);
  });
});

describe('the schedule', () => {
  const run = () =>
    daypass.handler({ task: 'verify-integrations' }, { ...aContext, getRemainingTimeInMillis: () => 29_000 });

  it('verifies those that are due, and names the one that no longer enforces its id', async () => {
    const { name } = await create();
    const { at: _at, ...passed } = aVerification();
    // Long ago, as the table has it.
    daypass.verifying.answer = () => ({ verification: { ...passed, at: '2025-01-01T00:00:00.000Z' } });
    await call('verifyIntegration', manager, { name });
    const { at: _failedAt, ...failed } = aFailedVerification('danger', { version: 2 });
    daypass.verifying.answer = answering(failed);

    const result = await run();

    expect(result).toMatchObject({ due: 1, failed: 1 });
    const { body } = await call('getIntegration', manager, { name });
    expect([body.state, body.suspension.by]).toEqual(['SUSPENDED', 'daypass']);
    const drift = lines
      .map((line) => JSON.parse(line))
      .find(({ message }) => message === 'integration drift');
    expect(drift).toMatchObject({
      level: 'ERROR',
      integration: name,
      findings: ['external-id-not-enforced'],
    });
  });

  it('verifies all of them now for an operator who says so', async () => {
    const { name } = await create();
    daypass.verifying.answer = answering(aVerification());
    await call('verifyIntegration', manager, { name });
    daypass.verifying.asked.length = 0;

    const event = { task: 'verify-integrations', olderThanSeconds: 0 };
    await daypass.handler(event, { ...aContext, getRemainingTimeInMillis: () => 29_000 });

    expect(daypass.verifying.asked).toContainEqual(
      expect.objectContaining({ event: expect.objectContaining({ integration: name }) }),
    );
  });

  it.each([
    { task: 'verify-integrations', integration: 'acme' },
    { task: 'verify-integrations', olderThanSeconds: -1 },
    { task: 'verify-integrations', olderThanSeconds: 0.5 },
    { task: 'verify-integrations', olderThanSeconds: '0' },
    { task: 'verify-integrations', olderThanSeconds: null },
    { olderThanSeconds: 0 },
    { task: 'verify' },
    { task: 'verify', integration: 'acme', authority: {} },
    { task: ['verify-integrations'] },
    'verify-integrations',
    null,
    [],
  ])('is the event to the letter: a direct invocation with %j is refused', async (event) => {
    const answer = await daypass.handler(event, aContext);

    expect(answer).toMatchObject({ statusCode: 403 });
    expect(JSON.parse((answer as { body: string }).body).code).toBe('foreign-event');
    expect(daypass.verifying.asked).toEqual([]);
  });

  it('is not begun by an event of the API that says the same in its body', async () => {
    const event = anEvent('listIntegrations', { body: JSON.stringify({ task: 'verify-integrations' }) });

    await daypass.handler({ ...event, task: 'verify-integrations' }, aContext);

    expect(daypass.verifying.asked).toEqual([]);
  });
});
