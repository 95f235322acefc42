import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AccessDeniedError,
  BrokerError,
  IntegrationNameTakenError,
  IntegrationNotFoundError,
  IntegrationStateError,
  InvalidRequestError,
  TooManyChangesError,
  VersionConflictError,
  VersionRequiredError,
} from '../../../../lambda/core/errors.ts';
import type { Integration, Verification } from '../../../../lambda/core/integrations/integration.ts';
import type { Caller } from '../../../../lambda/core/integrations/integration-authority.ts';
import type { ManageIntegrations } from '../../../../lambda/core/integrations/manage-integrations.ts';
import { aConfiguration } from '../../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../../support/a-principal.ts';
import {
  aFailedVerification,
  aManagingConfiguration,
  aNewIntegrationDocument,
  aVerification,
  createMemoryIntegrations,
  type MemoryIntegrations,
  manageIntegrations,
  manager,
  partner,
  secondManager,
  someSettings,
  stranger,
} from '../../../support/managing-integrations.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';
import { aSigningKey, nowMs, type SigningKey } from '../../../support/tokens.ts';

let store: MemoryIntegrations;
let integrations: ManageIntegrations;

beforeEach(() => {
  store = createMemoryIntegrations();
  integrations = manageIntegrations({ store, reserve: store.reserve });
});

const create = (changes: Readonly<Record<string, unknown>> = {}) =>
  integrations.create(manager, aNewIntegrationDocument(changes));

const verify = (basis: Integration, verification = aVerification()) =>
  integrations.recordVerification({ ...seen(basis, verification), caller: manager });

const verifyBySchedule = (basis: Integration, verification = aVerification()) =>
  integrations.recordVerification(seen(basis, verification));

const seen = (basis: Integration, verification: Verification) => ({
  basis,
  verification: { ...verification, version: basis.version },
});

const later = (seconds: number) => new Date(nowMs + 1000 * seconds).toISOString();

/** The name of each change, as all managers and strangers make it. */
const changes: Readonly<
  Record<string, (caller: Caller, name: string, ifMatch: number | undefined) => Promise<Integration>>
> = {
  update: (caller, name, ifMatch) => integrations.update(caller, name, { ifMatch, body: someSettings() }),
  suspend: (caller, name, ifMatch) => integrations.suspend(caller, name, { ifMatch, reason: 'a leak' }),
  resume: (caller, name, ifMatch) => integrations.resume(caller, name, { ifMatch }),
  delete: (caller, name, ifMatch) => integrations.delete(caller, name, { ifMatch }),
  rotateExternalId: (caller, name, ifMatch) => integrations.rotateExternalId(caller, name, { ifMatch }),
  retireExternalId: (caller, name, ifMatch) =>
    integrations.retireExternalId(caller, name, { ifMatch, which: 'next' }),
  rotateKeys: (caller, name, ifMatch) =>
    integrations.rotateKeys(caller, name, { ifMatch, body: { jwks: { keys: [] } } }),
};
const eachChange = Object.keys(changes);

const apply = (name: string, ...rest: [Caller, string, number | undefined]) => {
  const change = changes[name];
  if (change === undefined) throw new TypeError('no such change');
  return change(...rest);
};

describe('a new integration', () => {
  it('is CREATED, version 1, with an ExternalId of its own that is reserved', async () => {
    const created = await create();

    expect(created).toEqual({
      ...aNewIntegrationDocument(),
      version: 1,
      state: 'CREATED',
      duration: { defaultSeconds: 900, maxSeconds: 3600 },
      sessionTags: {},
      setSourceIdentity: true,
      externalIds: { current: expect.stringMatching(/^daypass-[0-9a-f]{32}$/) },
    });
    expect([...store.reserved]).toEqual([[created.externalIds.current, 'acme']]);
  });

  it('is kept with who made it, when and from where', async () => {
    await create();

    expect(store.versions[0]?.change).toEqual({
      operation: 'create',
      at: expect.stringMatching(/^2026-01-01T00:00:0\d\.000Z$/),
      principal: { issuer: 'okta', subject: 'mallory.manager' },
      sourceIp: '203.0.113.7',
      gatewayRequestId: 'JKJaXmPLvHcESHA=',
      nonce: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it('says which session of a shared role made it, of IAM identities alone', async () => {
    const claims = { sessionName: 'alice' };
    const aws = { accountId: '111111111111' };
    await integrations.create(
      { ...manager, principal: { ...manager.principal, claims } },
      aNewIntegrationDocument(),
    );
    await integrations.create(
      { ...manager, principal: { ...manager.principal, claims, aws } },
      aNewIntegrationDocument({ name: 'globex' }),
    );

    expect(store.versions.map(({ change }) => change.principal?.sessionName)).toEqual([undefined, 'alice']);
  });

  it('takes no name twice, not even of a deleted one, and takes no id for it', async () => {
    await create();
    await expect(create()).rejects.toThrow(IntegrationNameTakenError);
    await integrations.delete(manager, 'acme', { ifMatch: 1 });

    await expect(create()).rejects.toThrow(IntegrationNameTakenError);
    expect(store.reserved.size).toBe(1);
  });

  it('is one when two make it at the same time', async () => {
    const settled = await Promise.allSettled([create({ owner: 'a' }), create({ owner: 'b' })]);

    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: expect.any(IntegrationNameTakenError),
    });
    expect(store.versions).toHaveLength(1);
  });

  it('is not made when its ExternalId was used before: randomness is broken then', async () => {
    const id = `daypass-${'0'.repeat(32)}`;
    integrations = manageIntegrations({ store, reserve: store.reserve, newExternalId: () => id });
    await create();

    const error: unknown = await create({ name: 'globex' }).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(BrokerError);
    expect(String(error)).not.toContain(id);
    expect(store.versions).toHaveLength(1);
  });

  it('is not made when the function dies after the reservation, and can be made then', async () => {
    const dying = manageIntegrations({
      store: { ...store, append: () => Promise.reject(new Error('killed')) },
      reserve: store.reserve,
    });
    await expect(dying.create(manager, aNewIntegrationDocument())).rejects.toThrow('killed');

    const { externalIds } = await create();

    expect(store.reserved.size).toBe(2);
    expect([...store.reserved.keys()][0]).not.toBe(externalIds.current);
  });
});

describe('whoever the section does not trust', () => {
  const ways: Readonly<Record<string, (caller: Caller, name: string) => Promise<unknown>>> = {
    create: (caller, name) => integrations.create(caller, aNewIntegrationDocument({ name })),
    find: (caller, name) => integrations.find(caller, name),
    list: (caller) => integrations.list(caller, { limit: 10 }),
    history: (caller, name) => integrations.history(caller, name, { limit: 10 }),
    ...Object.fromEntries(
      eachChange.map((name) => [name, (caller: Caller, of: string) => apply(name, caller, of, 1)]),
    ),
  };

  const reach = (way: string, caller: Caller, name: string) =>
    (ways[way] ?? (() => Promise.reject(new TypeError('no such way'))))(caller, name).catch(
      (thrown: unknown) => thrown,
    );

  it.each(Object.keys(ways))('is told the same by %s whether there is one or not', async (way) => {
    await create();
    const before = store.versions.length;

    const [there, nowhere, odd] = [
      await reach(way, stranger, 'acme'),
      await reach(way, stranger, 'globex'),
      await reach(way, stranger, 'external-id#00'),
    ];

    expect(there).toBeInstanceOf(AccessDeniedError);
    for (const other of [nowhere, odd]) {
      expect(other).toBeInstanceOf(AccessDeniedError);
      expect(other).toMatchObject({ message: (there as Error).message });
    }
    expect(store.versions).toHaveLength(before);
  });

  it.each(Object.keys(ways))('never reaches the store by %s', async (way) => {
    const touched: string[] = [];
    const deaf = new Proxy(store, {
      get: (_target, key) => () => {
        touched.push(String(key));
        throw new Error('touched');
      },
    });
    integrations = manageIntegrations({ store: deaf, reserve: deaf.reserve });

    expect(await reach(way, stranger, 'acme')).toBeInstanceOf(AccessDeniedError);
    expect(touched).toEqual([]);
  });

  it('is told from a manager by the statement that trusts it', () => {
    expect(integrations.requireManager(manager)).toEqual({ statement: 'trust[0]' });
    expect(() => integrations.requireManager(stranger)).toThrow(AccessDeniedError);
  });

  it('is everybody where the configuration has no section', async () => {
    await create();
    integrations = manageIntegrations({ store, reserve: store.reserve, configuration: aConfiguration() });

    await expect(integrations.find(manager, 'acme')).rejects.toThrow(AccessDeniedError);
    await expect(integrations.findOwn(partner())).rejects.toThrow(AccessDeniedError);
  });

  it('is the third party too, but for its own keys and its own integration', async () => {
    await create();
    await create({ name: 'globex' });

    for (const way of Object.keys(ways).filter((one) => one !== 'rotateKeys'))
      expect(await reach(way, partner(), 'acme')).toBeInstanceOf(AccessDeniedError);
    expect(await reach('rotateKeys', partner(), 'globex')).toBeInstanceOf(AccessDeniedError);
    expect(await integrations.findOwn(partner())).toMatchObject({ name: 'acme' });
  });

  it.each([
    ['another issuer with the name as its subject', { issuer: 'okta', subject: 'acme' }],
    ['an issuer of that name with another subject', { issuer: 'acme', subject: 'globex' }],
    ['a subject of another case', { issuer: 'acme', subject: 'Acme' }],
  ])('is %s', async (_what, changed) => {
    await create();
    const caller = { principal: aPrincipal(changed), origin: anOrigin() };

    await expect(apply('rotateKeys', caller, 'acme', 1)).rejects.toThrow(AccessDeniedError);
    await expect(integrations.findOwn(caller)).rejects.toThrow(AccessDeniedError);
  });

  it('is an issuer of another kind that was configured under the name later', async () => {
    await create();
    const acme = { type: 'oidc', issuer: 'https://acme.example', audience: 'daypass' };
    const okta = { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' };
    const configuration = aManagingConfiguration({ issuers: { okta, acme } });
    integrations = manageIntegrations({ store, reserve: store.reserve, configuration });

    await expect(apply('rotateKeys', partner(), 'acme', 1)).rejects.toThrow(AccessDeniedError);
    await expect(integrations.findOwn(partner())).rejects.toThrow(AccessDeniedError);
  });
});

describe('a change', () => {
  it.each(eachChange.filter((name) => name !== 'suspend'))(
    '%s needs the version that was read',
    async (name) => {
      await create();

      await expect(apply(name, manager, 'acme', undefined)).rejects.toThrow(VersionRequiredError);
      expect(store.versions).toHaveLength(1);
    },
  );

  it.each(eachChange)('%s of another version is refused, and says what to do', async (name) => {
    await create();

    await expect(apply(name, manager, 'acme', 2)).rejects.toThrow(VersionConflictError);
    await expect(apply(name, manager, 'acme', 2)).rejects.toThrow(/read the integration again/);
    expect(store.versions).toHaveLength(1);
  });

  it.each(eachChange)('%s of none, or of a deleted one, is not found', async (name) => {
    await create();
    await integrations.delete(manager, 'acme', { ifMatch: 1 });

    await expect(apply(name, manager, 'globex', 1)).rejects.toThrow(IntegrationNotFoundError);
    await expect(apply(name, manager, 'external-id#00', 0)).rejects.toThrow(IntegrationNotFoundError);
    await expect(apply(name, manager, 'acme', 2)).rejects.toThrow(IntegrationNotFoundError);
    expect(store.versions).toHaveLength(2);
  });

  it('of two managers at once is one, and the other loses nothing', async () => {
    await create();
    const update = (caller: Caller, owner: string, ifMatch: number) =>
      integrations.update(caller, 'acme', { ifMatch, body: someSettings({ owner }) });

    const settled = await Promise.allSettled([update(manager, 'a', 1), update(secondManager, 'b', 1)]);

    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(settled[1]).toMatchObject({ reason: expect.any(VersionConflictError) });
    expect(await update(secondManager, 'b', 2)).toMatchObject({ owner: 'b', version: 3 });
    expect(store.versions.map(({ change }) => change.principal?.subject)).toEqual([
      'mallory.manager',
      'mallory.manager',
      'second.manager',
    ]);
  });

  it('keeps its reason, if it holds no secret', async () => {
    await create();
    const reason = 'x'.repeat(257);

    await expect(integrations.delete(manager, 'acme', { ifMatch: 1, reason })).rejects.toThrow(
      InvalidRequestError,
    );
    await integrations.delete(manager, 'acme', { ifMatch: 1, reason: 'contract ended' });

    expect(store.versions.at(-1)?.change).toMatchObject({ operation: 'delete', reason: 'contract ended' });
  });
});

describe('an update', () => {
  const update = (ifMatch: number, settings: Readonly<Record<string, unknown>>) =>
    integrations.update(manager, 'acme', { ifMatch, body: someSettings(settings) });

  it('replaces all settings: what is left out is gone', async () => {
    await create({ requestAccessUrl: 'https://wiki.example.com/acme', sessionTags: { team: 'x' } });

    const updated = await update(1, {});

    expect(updated).not.toHaveProperty('requestAccessUrl');
    expect(updated).toMatchObject({ sessionTags: {}, version: 2 });
  });

  it('leaves keys, ids, state and proof alone when STS is asked as before', async () => {
    const { publicJwk } = await aSigningKey('1');
    const verified = await verify(await create({ jwks: { keys: [publicJwk] } }));

    const updated = await update(2, { description: 'Other words', duration: { maxSeconds: 1800 } });

    const { jwks, externalIds, verification } = verified;
    expect(updated).toMatchObject({ state: 'VERIFIED', jwks, externalIds, verification });
  });

  it('of the role takes a new ExternalId, forgets the proof and any rotation, and is to be proven', async () => {
    const { externalIds } = await verify(await create());
    const { externalIds: rotating } = await integrations.rotateExternalId(manager, 'acme', { ifMatch: 2 });

    const updated = await update(3, { roleArn: 'arn:aws:iam::444444444444:role/Other' });

    expect(updated.state).toBe('CREATED');
    expect(updated).not.toHaveProperty('verification');
    expect(updated.externalIds).toEqual({ current: expect.stringMatching(/^daypass-/) });
    expect([externalIds.current, rotating.next]).not.toContain(updated.externalIds.current);
    expect([...store.reserved.keys()]).toContain(updated.externalIds.current);
  });

  it('of the role by its case alone is another role', async () => {
    const created = await create();

    const updated = await update(1, {
      roleArn: created.roleArn.toUpperCase().replace(/^[^/]*/, 'arn:aws:iam::444444444444:role'),
    });

    expect(updated.externalIds.current).not.toBe(created.externalIds.current);
  });

  it.each([
    ['a session tag', { sessionTags: { team: 'reports' } }],
    ['the source identity', { setSourceIdentity: false }],
  ])('of %s is to be proven again: the trust policy may tell the difference', async (_what, settings) => {
    const { externalIds } = await verify(await create());

    expect(await update(2, settings)).toMatchObject({ state: 'CREATED', externalIds });
  });

  it('does not end a suspension, whatever it changes', async () => {
    await create();
    await integrations.suspend(manager, 'acme', { ifMatch: 1, reason: 'a leak' });

    expect(await update(2, { roleArn: 'arn:aws:iam::444444444444:role/Other' })).toMatchObject({
      state: 'SUSPENDED',
      suspension: { reason: 'a leak' },
    });
  });
});

describe('a suspension', () => {
  it('says who, when and why, and ends in CREATED: nobody looked at the role meanwhile', async () => {
    await verify(await create());
    const suspended = await integrations.suspend(manager, 'acme', { ifMatch: 2, reason: 'a leak' });
    expect(suspended).toMatchObject({
      state: 'SUSPENDED',
      suspension: { by: 'okta.mallory.manager', reason: 'a leak', at: expect.any(String) },
    });

    const resumed = await integrations.resume(manager, 'acme', { ifMatch: 3 });

    expect(resumed.state).toBe('CREATED');
    expect(resumed).not.toHaveProperty('suspension');
  });

  it('is not ended by a proof', async () => {
    const created = await create();
    const suspended = await integrations.suspend(manager, 'acme', { ifMatch: 1, reason: 'a leak' });

    expect(await verify(suspended)).toMatchObject({ state: 'SUSPENDED' });
    expect(await verify(created, aVerification({ result: 'INCONCLUSIVE', at: later(1) }))).toMatchObject({
      state: 'SUSPENDED',
    });
  });

  it('is made once and ended once', async () => {
    await create();

    await expect(apply('resume', manager, 'acme', 1)).rejects.toThrow(IntegrationStateError);
    await apply('suspend', manager, 'acme', 1);
    await expect(apply('suspend', manager, 'acme', 2)).rejects.toThrow(IntegrationStateError);
  });

  it.each(['', ' ', 'a\nb', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'])(
    'needs a reason that can be shown: not %j',
    async (reason) => {
      await create();

      await expect(integrations.suspend(manager, 'acme', { ifMatch: 1, reason })).rejects.toThrow(
        InvalidRequestError,
      );
    },
  );
});

describe('a deleted integration', () => {
  it('is found no more and keeps its history, without keys that prove anybody', async () => {
    const { publicJwk } = await aSigningKey('1');
    await create({ jwks: { keys: [publicJwk] } });
    await create({ name: 'globex' });

    expect(await integrations.delete(manager, 'acme', { ifMatch: 1 })).not.toHaveProperty('jwks');

    await expect(integrations.find(manager, 'acme')).rejects.toThrow(IntegrationNotFoundError);
    await expect(integrations.findOwn(partner())).rejects.toThrow(IntegrationNotFoundError);
    expect(await integrations.history(manager, 'acme', { limit: 10 })).toHaveLength(2);
    const names = ({ integrations: found }: { integrations: readonly Integration[] }) =>
      found.map(({ name }) => name);
    expect(names(await integrations.list(manager, { limit: 10 }))).toEqual(['globex']);
    expect(names(await integrations.list(manager, { limit: 10, includeDeleted: true }))).toEqual([
      'acme',
      'globex',
    ]);
  });
});

describe('reading', () => {
  it('pages by name, and a history by version', async () => {
    for (const name of ['globex', 'acme', 'initech']) await create({ name });

    const first = await integrations.list(manager, { limit: 2 });
    expect(first).toMatchObject({ integrations: [{ name: 'acme' }, { name: 'globex' }], next: 'globex' });
    const second = await integrations.list(manager, { limit: 2, after: 'globex' });
    expect(second).toMatchObject({ integrations: [{ name: 'initech' }] });
    expect(second).not.toHaveProperty('next');
    expect(await integrations.history(manager, 'acme', { limit: 5, before: 1 })).toEqual([]);
    await expect(integrations.history(manager, 'hooli', { limit: 5 })).rejects.toThrow(
      IntegrationNotFoundError,
    );
  });

  it('asks the store for nothing that cannot be a name', async () => {
    const asked: string[] = [];
    const note = async (name: string) => {
      asked.push(name);
      return undefined;
    };
    integrations = manageIntegrations({
      store: { ...store, find: note, history: async (name) => (await note(name)) ?? [] },
      reserve: store.reserve,
    });

    for (const name of ['external-id#00', 'self', '', 'Acme', '__proto__']) {
      await expect(integrations.find(manager, name)).rejects.toThrow(IntegrationNotFoundError);
      await expect(integrations.history(manager, name, { limit: 1 })).rejects.toThrow(
        IntegrationNotFoundError,
      );
    }
    expect(asked).toEqual([]);
  });

  it('is an error when the list names what is not there', async () => {
    await create();
    integrations = manageIntegrations({
      store: { ...store, find: async () => undefined },
      reserve: store.reserve,
    });

    await expect(integrations.list(manager, { limit: 2 })).rejects.toThrow(/not there/);
  });
});

describe('a rotation of the ExternalId', () => {
  const rotate = (ifMatch: number) => integrations.rotateExternalId(manager, 'acme', { ifMatch });
  const retire = (ifMatch: number, which: 'next' | 'previous') =>
    integrations.retireExternalId(manager, 'acme', { ifMatch, which });

  it('keeps the current id until the next one is proven, then keeps it as the previous one for a while', async () => {
    const { externalIds: before } = await verify(await create());

    const rotating = await rotate(2);
    expect(rotating).toMatchObject({ state: 'VERIFIED', externalIds: { current: before.current } });
    const { next } = rotating.externalIds;
    const [finding] = aFailedVerification('error').findings;
    const findings = finding === undefined ? [] : [{ ...finding, code: 'next-external-id-refused' as const }];
    const failed = await verify(rotating, aFailedVerification('error', { proved: 'next', findings }));
    expect(failed).toMatchObject({ state: 'VERIFIED', externalIds: { current: before.current, next } });
    const proven = await verify(failed, aVerification({ proved: 'next' }));

    expect(proven.state).toBe('VERIFIED');
    expect(proven.externalIds).toEqual({
      current: next,
      previous: [
        {
          value: before.current,
          acceptedUntil: expect.stringMatching(/^2026-01-08T00:00:\d\d\.000Z$/),
        },
      ],
    });
  });

  it('is one at a time, and none while three ids of before are still to be refused', async () => {
    await create();
    for (const version of [1, 3, 5]) {
      const rotating = await rotate(version);
      await expect(rotate(version + 1)).rejects.toThrow(IntegrationStateError);
      await verify(rotating, aVerification({ proved: 'next', at: later(version) }));
    }
    await expect(rotate(7)).rejects.toThrow(/there may be 3/);

    expect((await integrations.find(manager, 'acme')).integration.externalIds.previous).toHaveLength(3);
    expect(store.reserved.size).toBe(4);
  });

  it('can be given up, and its id is never used again', async () => {
    await create();
    const { next } = (await rotate(1)).externalIds;

    const retired = await retire(2, 'next');

    expect(retired.externalIds).not.toHaveProperty('next');
    expect(retired.externalIds.previous).toMatchObject([{ value: next }]);
    expect((await rotate(3)).externalIds.next).not.toBe(next);
  });

  it('ends when the role refuses the previous id after its grace period, which can be cut short', async () => {
    await create();
    const proven = await verify(await rotate(1), aVerification({ proved: 'next' }));
    const probes = [{ kind: 'previous-id', wanted: 'refused', seen: 'refused' }] as const;
    // Refused too early says nothing of the end: the id may still be in use.
    expect((await verify(proven, aVerification({ probes }))).externalIds.previous).toBeDefined();

    const retired = await retire(4, 'previous');
    await expect(retire(5, 'previous')).rejects.toThrow(IntegrationStateError);
    const unseen = await verify(retired, aVerification({ at: later(100) }));
    expect(unseen.externalIds.previous).toBeDefined();
    const ended = await verify(unseen, aVerification({ probes, at: later(101) }));

    expect(ended.externalIds).toEqual({ current: proven.externalIds.current });
  });

  it.each(['next', 'previous'] as const)('has no %s id to retire when there is none', async (which) => {
    await create();

    await expect(retire(1, which)).rejects.toThrow(IntegrationStateError);
  });
});

describe('a recorded verification', () => {
  it.each([
    ['PASSED', aVerification(), 'VERIFIED'],
    ['FAILED', aFailedVerification(), 'FAILED'],
    ['INCONCLUSIVE', aVerification({ result: 'INCONCLUSIVE' }), 'CREATED'],
  ])('that is %s is kept, and makes a new integration what it shows', async (_what, verification, state) => {
    expect(await verify(await create(), verification)).toMatchObject({ state, verification, version: 2 });
    expect(store.versions.at(-1)?.change).toMatchObject({ operation: 'verify' });
  });

  it.each([
    ['suspend', 'SUSPENDED'],
    ['flag', 'FAILED'],
  ])(
    'by the schedule with drift: %s makes a verified one %s when its id is not enforced',
    async (drift, state) => {
      const configuration = aManagingConfiguration({
        integrations: {
          trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
          drift,
        },
      });
      integrations = manageIntegrations({ store, reserve: store.reserve, configuration });
      const verified = await verify(await create());

      const drifted = await verifyBySchedule(verified, aFailedVerification());

      expect(drifted.state).toBe(state);
      expect(drifted.suspension?.by).toBe(drift === 'suspend' ? 'daypass' : undefined);
      expect(store.versions.at(-1)?.change).not.toHaveProperty('principal');
    },
  );

  it('suspends one that no longer enforces its id whoever looked', async () => {
    const verified = await verify(await create());

    expect(await verify(verified, aFailedVerification())).toMatchObject({
      ...{ state: 'SUSPENDED', suspension: { by: 'daypass' } },
    });
  });

  it('suspends nothing that was never proven, or that only refuses', async () => {
    expect(await verifyBySchedule(await create({ name: 'b' }), aFailedVerification())).toMatchObject({
      state: 'FAILED',
    });
    const refusing = await verify(await create({ name: 'c' }));
    const once = await verifyBySchedule(refusing, aFailedVerification('error'));
    expect(once).toMatchObject({ state: 'VERIFIED', verification: { result: 'FAILED' } });
    expect(await verifyBySchedule(once, aFailedVerification('error'))).toMatchObject({ state: 'FAILED' });
  });

  it('fails even the current id when the role turns out to be open during a rotation', async () => {
    await verify(await create());
    const rotating = await integrations.rotateExternalId(manager, 'acme', { ifMatch: 2 });

    expect(await verify(rotating, aFailedVerification('danger', { proved: 'next' }))).toMatchObject({
      state: 'SUSPENDED',
    });
  });

  it('is named when a person sees it, as when the schedule does', async () => {
    const logger = aRecordingLogger();
    integrations = manageIntegrations({ store, reserve: store.reserve, logger });
    const verified = await verify(await create());
    expect(logger.entries).toEqual([]);

    await verify(verified, aFailedVerification());

    const fields = { integration: 'acme', findings: ['external-id-not-enforced'], state: 'SUSPENDED' };
    expect(logger.entries).toEqual([{ level: 'error', message: 'integration drift', fields }]);
  });

  it('that failed survives changes that came between and change nothing that was asked', async () => {
    const created = await create();
    await integrations.update(manager, 'acme', { ifMatch: 1, body: someSettings({ owner: 'b' }) });

    const failed = aFailedVerification('error');
    expect(await verify(created, failed)).toMatchObject({ state: 'FAILED', owner: 'b', version: 3 });
  });

  it('that failed is kept when another change wins at the last moment', async () => {
    const created = await create();
    let rivals = 2;
    const contested = manageIntegrations({
      reserve: store.reserve,
      store: {
        ...store,
        append: async (version) => {
          if (rivals > 0) {
            rivals -= 1;
            const { name, version: next } = version.integration;
            const body = someSettings({ owner: `rival ${next}` });
            await integrations.update(secondManager, name, { ifMatch: next - 1, body });
          }
          return store.append(version);
        },
      },
    });

    const verification = aFailedVerification('error');
    const failed = await contested.recordVerification({ basis: created, verification });

    expect(failed).toMatchObject({ state: 'FAILED', version: 4, owner: 'rival 3' });
  });

  it.each([
    [
      'another role',
      () =>
        integrations.update(manager, 'acme', {
          ifMatch: 1,
          body: someSettings({ roleArn: 'arn:aws:iam::444444444444:role/Other' }),
        }),
    ],
    [
      'another request',
      () =>
        integrations.update(manager, 'acme', { ifMatch: 1, body: someSettings({ sessionTags: { a: 'b' } }) }),
    ],
    ['a suspension', () => apply('suspend', manager, 'acme', 1)],
    [
      'a suspension that ended',
      async () => {
        await apply('suspend', manager, 'acme', 1);
        await apply('resume', manager, 'acme', 2);
      },
    ],
    // The prober reads what it asks for by itself, at a time of its own.
    [
      'other settings that were changed back',
      async () => {
        const { sessionTags } = (await integrations.find(manager, 'acme')).integration;
        const toTags = (ifMatch: number, tags: object) =>
          integrations.update(manager, 'acme', { ifMatch, body: someSettings({ sessionTags: tags }) });
        await toTags(1, { a: 'b' });
        await toTags(2, sessionTags);
      },
    ],
  ])('that passed is void after %s', async (_what, change) => {
    const created = await create();
    await change();
    const { length } = store.versions;

    await expect(verify(created)).rejects.toThrow(VersionConflictError);
    expect(store.versions).toHaveLength(length);
  });

  it('is void where it was probed as it was in between, though it is the same again', async () => {
    const created = await create({ sessionTags: { a: 'b' } });
    const change = (ifMatch: number, sessionTags: object) =>
      integrations.update(manager, 'acme', { ifMatch, body: someSettings({ sessionTags }) });
    const between = await change(1, {});
    await change(2, { a: 'b' });

    const seenBetween = { ...aVerification(), version: between.version };
    await expect(
      integrations.recordVerification({ basis: created, verification: seenBetween, caller: manager }),
    ).rejects.toThrow(VersionConflictError);
  });

  it('of a next id that was given up, or proven by another, is void', async () => {
    await verify(await create());
    const rotating = await integrations.rotateExternalId(manager, 'acme', { ifMatch: 2 });
    const proven = await verify(rotating, aVerification({ proved: 'next' }));

    await expect(verify(rotating, aVerification({ proved: 'next' }))).rejects.toThrow(VersionConflictError);
    // Of the id that was current then, and is the previous one now.
    await expect(verify(rotating, aVerification())).rejects.toThrow(VersionConflictError);
    expect((await integrations.find(manager, 'acme')).integration).toEqual(proven);
  });

  const changeRole = () =>
    integrations.update(manager, 'acme', {
      ...{ ifMatch: 1, body: someSettings({ roleArn: 'arn:aws:iam::444444444444:role/Other' }) },
    });

  it.each<[string, () => Promise<unknown>]>([
    [
      'another request',
      () =>
        integrations.update(manager, 'acme', { ifMatch: 1, body: someSettings({ sessionTags: { a: 'b' } }) }),
    ],
    ['a rotation', () => integrations.rotateExternalId(manager, 'acme', { ifMatch: 1 })],
  ])('that saw a danger is kept after %s', async (_what, change) => {
    const created = await create();
    await change();

    expect(await verify(created, aFailedVerification())).toMatchObject({ state: 'FAILED', version: 3 });
  });

  it('that saw a danger is kept after a later look passed', async () => {
    const created = await create();
    const verified = await verify(created, aVerification({ at: later(30) }));

    const danger = aFailedVerification('danger', { at: later(10) });
    expect(await verifyBySchedule(created, danger)).toMatchObject({
      ...{ state: 'SUSPENDED', version: verified.version + 1, verification: danger },
    });
  });

  it('that saw a danger is kept after the rotation that it was made in ended, either way', async () => {
    await verify(await create());
    const rotating = await integrations.rotateExternalId(manager, 'acme', { ifMatch: 2 });
    await verify(rotating, aVerification({ proved: 'next' }));
    const danger = aFailedVerification('danger', { proved: 'next' });
    expect(await verify(rotating, danger)).toMatchObject({ state: 'SUSPENDED' });

    await create({ name: 'b' });
    const again = await integrations.rotateExternalId(manager, 'b', { ifMatch: 1 });
    await integrations.retireExternalId(manager, 'b', { ifMatch: 2, which: 'next' });
    expect(await verify(again, danger)).toMatchObject({ state: 'FAILED' });
  });

  it('that saw a danger is void after another role, and after the same one with another id', async () => {
    const created = await create();
    await changeRole();
    await expect(verify(created, aFailedVerification())).rejects.toThrow(VersionConflictError);

    const { roleArn } = created;
    await integrations.update(manager, 'acme', { ifMatch: 2, body: someSettings({ roleArn }) });
    await expect(verify(created, aFailedVerification())).rejects.toThrow(VersionConflictError);
  });

  it('does not outlive a later look', async () => {
    const created = await create();
    await verify(created, aFailedVerification('danger', { at: later(60) }));

    await expect(verify(created, aVerification({ at: later(30) }))).rejects.toThrow(VersionConflictError);
    await expect(verify(created, aFailedVerification('error', { at: later(30) }))).rejects.toThrow(
      VersionConflictError,
    );
    const passed = await verify(
      (await integrations.find(manager, 'acme')).integration,
      aVerification({ at: later(90) }),
    );
    await expect(verify(passed, aVerification({ at: later(89) }))).rejects.toThrow(VersionConflictError);
  });

  it('brings no deleted one back', async () => {
    const created = await create();
    await apply('delete', manager, 'acme', 1);

    await expect(verify(created)).rejects.toThrow(IntegrationNotFoundError);
  });
});

describe('keys', () => {
  let old: SigningKey;
  let young: SigningKey;

  beforeAll(async () => {
    [old, young] = await Promise.all([aSigningKey('1'), aSigningKey('2')]);
  });

  const setOf = (...keys: readonly SigningKey[]) => ({ keys: keys.map(({ publicJwk }) => publicJwk) });
  const put = (caller: Caller, ifMatch: number, jwks: unknown, name = 'acme') =>
    integrations.rotateKeys(caller, name, { ifMatch, body: { jwks } });

  it('are replaced by the third party itself, two at once, until it is suspended', async () => {
    await create({ jwks: setOf(old) });
    const jwks = setOf(old, young);

    expect(await put(partner('acme', old), 1, jwks)).toMatchObject({ jwks, version: 2 });
    expect(store.versions.at(-1)?.change).toMatchObject({
      operation: 'rotate-keys',
      principal: { issuer: 'acme', subject: 'acme' },
    });
    await apply('suspend', manager, 'acme', 2);
    await expect(put(partner('acme', old), 3, setOf(young))).rejects.toThrow(IntegrationStateError);
    await expect(put(partner('acme', old), 3, setOf(young))).rejects.toThrow(/whoever may manage/);

    expect(await put(manager, 3, setOf())).toMatchObject({ jwks: setOf(), version: 4 });
  });

  it('are not put back by the one that was taken away', async () => {
    await create({ jwks: setOf(old) });
    await put(manager, 1, setOf(young));

    await expect(put(partner('acme', old), 2, setOf(old, young))).rejects.toThrow(AccessDeniedError);
    await expect(put(partner('acme', old), 1, setOf(old, young))).rejects.toThrow(VersionConflictError);
    await expect(put(partner('acme'), 2, setOf(old))).rejects.toThrow(AccessDeniedError);
    expect(await put(partner('acme', young), 2, setOf(young, old))).toMatchObject({ version: 3 });
  });

  it('of the configuration begin a rotation, and never one that comes after it', async () => {
    const issuers = aManagingConfiguration().issuers;
    const acme = issuers.get('acme');
    if (acme?.type !== 'integration') throw new TypeError('not configured');
    const configured = new Map([...issuers, ['acme', { ...acme, jwks: setOf(old) }]]);
    const configuration = { ...aManagingConfiguration(), issuers: configured };
    integrations = manageIntegrations({ store, reserve: store.reserve, configuration });
    await create();

    expect(await put(partner('acme', old), 1, setOf(young))).toMatchObject({ jwks: setOf(young) });
    await expect(put(partner('acme', old), 2, setOf(old))).rejects.toThrow(AccessDeniedError);
    await put(manager, 2, setOf());
    await expect(put(partner('acme', old), 3, setOf(old))).rejects.toThrow(AccessDeniedError);
  });

  it('that are the same make no version', async () => {
    await create({ jwks: setOf(old) });

    for (let repeat = 0; repeat < 20; repeat += 1)
      expect(await put(partner('acme', old), 1, setOf(old))).toMatchObject({ version: 1 });
    expect(store.versions).toHaveLength(1);
  });

  it('are replaced by the third party ten times an hour, and by managers whenever they must be', async () => {
    let nowIs = nowMs;
    integrations = manageIntegrations({ store, reserve: store.reserve, now: () => nowIs });
    const created = await create({ jwks: setOf(old) });
    const flip = (version: number, caller = partner('acme', old)) =>
      put(caller, version, version % 2 === 0 ? setOf(old) : setOf(old, young));
    let { version } = created;
    for (; version <= 10; version += 1) {
      nowIs += 1000;
      await flip(version);
    }

    const error: unknown = await flip(version).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TooManyChangesError);
    expect(error).toMatchObject({ retryAfterSeconds: 3591 });
    expect(await flip(version, manager)).toMatchObject({ version: 12 });
    nowIs += 3_590_999;
    await expect(flip(12)).rejects.toThrow(TooManyChangesError);
    nowIs += 1;
    expect(await flip(12)).toMatchObject({ version: 13 });
    await expect(flip(13)).rejects.toThrow(TooManyChangesError);
  });

  it.each([
    ['nobody is configured', 'initech', 'issuers.initech with type: integration'],
    ['an algorithm is not the issuer’s', 'acme', "the issuer's algorithms: ES256"],
  ])('are refused where %s', async (_what, name, words) => {
    const key = name === 'initech' ? old : await aSigningKey('1', 'ES384');
    const made = () => create({ name, jwks: setOf(key) });

    await expect(made()).rejects.toThrow(words);
    await create({ name });
    await expect(put(manager, 1, setOf(key), name)).rejects.toThrow(words);
    expect(store.versions).toHaveLength(1);
  });

  it('are not a private one, and the refusal does not show it', async () => {
    await create({ jwks: setOf(old) });
    const d = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ';
    const jwks = { keys: [{ ...young.publicJwk, d }] };

    const error: unknown = await put(partner('acme', old), 1, jwks).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(JSON.stringify([(error as Error).message, error])).not.toContain(d);
  });
});

describe('suspending at once', () => {
  /** A store in which somebody else changes the integration right before that many writes. */
  const contested = (rivals: number) => {
    let left = rivals;
    return manageIntegrations({
      reserve: store.reserve,
      store: {
        ...store,
        append: async (version) => {
          if (left > 0) {
            left -= 1;
            const { name, version: next } = version.integration;
            const body = someSettings({ owner: `rival ${next}` });
            await integrations.update(secondManager, name, { ifMatch: next - 1, body });
          }
          return store.append(version);
        },
      },
    });
  };

  it.each([0, 1, 4])('is of the newest version when %i changes come before', async (rivals) => {
    await create();

    const suspended = await contested(rivals).suspend(manager, 'acme', {
      ...{ ifMatch: undefined, reason: 'a leak' },
    });

    expect(suspended).toMatchObject({ state: 'SUSPENDED', version: 2 + rivals });
    expect(suspended.owner).toBe(rivals === 0 ? 'partners@example.com' : `rival ${1 + rivals}`);
  });

  it('gives up when changes do not end, and with a version at the first', async () => {
    await create();
    const reason = 'a leak';

    await expect(contested(5).suspend(manager, 'acme', { ifMatch: undefined, reason })).rejects.toThrow(
      VersionConflictError,
    );
    await expect(contested(1).suspend(manager, 'acme', { ifMatch: 6, reason })).rejects.toThrow(
      VersionConflictError,
    );
    expect((await integrations.find(manager, 'acme')).integration.state).toBe('CREATED');
  });

  it('consumes one proof, whatever it takes', async () => {
    await create();
    let consumed = 0;
    const counting = manageIntegrations({
      reserve: store.reserve,
      store: { ...store, append: async () => false },
      consumeProof: async () => {
        consumed += 1;
      },
    });

    await counting.suspend(manager, 'acme', { ifMatch: undefined, reason: 'a leak' }).catch(() => undefined);

    expect(consumed).toBe(1);
  });
});

describe('a proof', () => {
  it('is consumed by what is about to be written, and by nothing else', async () => {
    const consumed: string[] = [];
    const { publicJwk } = await aSigningKey('1');
    integrations = manageIntegrations({
      ...{ store, reserve: store.reserve },
      consumeProof: async (_caller, name = 'none') => void consumed.push(`${name} ${store.versions.length}`),
    });
    const refused = [
      () => integrations.create(manager, {}),
      () => integrations.create(stranger, aNewIntegrationDocument()),
      () => apply('update', manager, 'acme', undefined),
      () => apply('update', manager, 'acme', 9),
      () => apply('update', stranger, 'acme', 1),
      () => apply('resume', manager, 'acme', 1),
      () => integrations.update(manager, 'acme', { ifMatch: 1, body: {} }),
      () => integrations.delete(manager, 'acme', { ifMatch: 1, reason: '' }),
      () => integrations.rotateKeys(manager, 'acme', { ifMatch: 1, body: { jwks: { keys: [publicJwk] } } }),
      () => create(),
    ];

    await create({ jwks: { keys: [publicJwk] } });
    for (const [index, act] of refused.entries()) {
      const settled = await act().then(
        ({ version }) => `version ${version}`,
        (error: unknown) => error instanceof BrokerError,
      );
      expect([index, settled]).toEqual([index, index === 8 ? 'version 1' : true]);
    }
    await apply('suspend', manager, 'acme', 1);

    expect(consumed).toEqual(['none 0', 'acme 1']);
  });
});
