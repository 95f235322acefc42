import { describe, expect, it } from '@jest/globals';
import { createAuditDenials } from '../../../../lambda/core/audit-denials.ts';
import { createManageRevocations } from '../../../../lambda/core/controls/manage-revocations.ts';
import type { Revocation } from '../../../../lambda/core/controls/revocation.ts';
import type { AppliedPolicy } from '../../../../lambda/core/controls/revoker.ts';
import type { Issuance } from '../../../../lambda/core/issuance.ts';
import type { IssuanceQuery } from '../../../../lambda/core/ports.ts';
import { toSourceIdentity } from '../../../../lambda/core/source-identity.ts';
import { aConfiguration } from '../../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../../support/a-principal.ts';
import { aRevocation } from '../../../support/a-revocation.ts';
import { anId, anIntent, outcomes } from '../../../support/an-issuance.ts';
import { issuePorts, refusalOf } from '../../../support/issue-ports.ts';
import { openAdmission } from '../../../support/open-admission.ts';
import { nowMs } from '../../../support/tokens.ts';

const configuration = aConfiguration({
  issuers: {
    okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
    aws: { type: 'iam', accounts: ['222222222222'] },
  },
  controls: {
    trust: [
      {
        Effect: 'Allow',
        Principal: { Federated: 'okta' },
        Condition: { Bool: { 'daypass:MultiFactorAuthPresent': 'true' } },
      },
    ],
  },
});
const roleArn = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
const before = new Date(nowMs).toISOString();
const ofAlice = { kind: 'principal', issuer: 'okta', subject: 'alice@example.com', before } as const;

const { nonce: _, ...intent } = anIntent();
const issued = (name: string, changes: Partial<Issuance> = {}): Issuance => {
  const { sourceIdentity: __, ...rest } = {
    ...intent,
    ...outcomes.ISSUED,
    roleSessionName: name,
    ...changes,
  };
  return rest;
};

/** @param pages what the audit has, by the state that is asked for: page by page */
function aManaging(
  options: {
    readonly pages?: Readonly<Record<string, readonly (readonly Issuance[])[]>>;
    readonly taken?: true;
    readonly before?: Revocation;
    /** Issuers that the configuration has no more. */
    readonly gone?: readonly string[];
    /** Whose the rows are. @default whoever is asked for */
    readonly principalId?: string;
    /** Milliseconds that each page takes. */
    readonly pageMs?: number;
  } = {},
) {
  const { gone = [], pageMs = 0 } = options;
  let time = nowMs;
  const applied: AppliedPolicy[] = [];
  const revoker = {
    apply: async (policy: AppliedPolicy) => {
      applied.push(policy);
      return { state: 'DONE' } as const;
    },
    remove: async () => ({ state: 'DONE' }) as const,
  };
  const queries: IssuanceQuery[] = [];
  const puts: Revocation[] = [];
  const { ports, calls } = issuePorts(configuration);
  const manage = createManageRevocations({
    configuration: {
      ...configuration,
      issuers: new Map([...configuration.issuers].filter(([name]) => !gone.includes(name))),
    },
    ...(pageMs === 0 ? {} : { revoker }),
    issuances: {
      find: async (id) => (id === anId ? issued('one') : undefined),
      page: async (query) => {
        queries.push(query);
        time += pageMs;
        const isAsked = (options.principalId ?? query.principalId) === query.principalId;
        const pages = (isAsked ? options.pages?.[query.state ?? 'finished'] : undefined) ?? [];
        const index = Number(query.before ?? 0);
        const next = index + 1 < pages.length ? { next: String(index + 1) } : {};
        return { issuances: pages[index] ?? [], ...next };
      },
    },
    store: {
      find: async () => options.before,
      put: async (revocation) => {
        puts.push(revocation);
        return options.taken !== true;
      },
      list: async () => ({ items: puts }),
      due: async () => ({ revocations: [], unreadable: [] }),
    },
    audited: createAuditDenials({ ...ports, admission: openAdmission }),
    now: () => time,
    newId: () => '01KDVDPJ0000000000000000ZZ',
  });
  return { manage, queries, puts, calls, applied };
}

const callerOf = (mfa: boolean) => ({
  principal: aPrincipal({ subject: 'sre@example.com', mfa }),
  origin: anOrigin(),
});

describe('revoking', () => {
  it('is for whom the section trusts alone, and everybody else leaves a row', async () => {
    const { manage, puts, calls } = aManaging();
    const nobody = callerOf(false);

    const refusals = [
      await refusalOf(manage.revokeIssuance(nobody, anId, 'r')),
      await refusalOf(manage.revokeAll(nobody, ofAlice, 'r')),
      await refusalOf(manage.revokeAll(nobody, { kind: 'role', roleArn, before }, 'r')),
      await refusalOf(manage.list(nobody, { limit: 1 })),
    ];

    expect(refusals.map(({ code }) => code)).toEqual(refusals.map(() => 'access-denied'));
    expect(calls).toHaveLength(refusals.length);
    expect(puts).toEqual([]);
  });

  it('keeps who, when and why', async () => {
    const { manage, puts } = aManaging();

    await manage.revokeIssuance(callerOf(true), anId, 'a key has leaked');

    expect(puts).toEqual([
      expect.objectContaining({
        ...{ id: anId, version: 1, reason: 'a key has leaked', at: before },
        by: { issuer: 'okta', subject: 'sre@example.com' },
      }),
    ]);
  });

  it('of a principal looks through all pages, of what is finished and of what is not', async () => {
    const { manage, queries } = aManaging({
      pages: {
        finished: [[issued('one')], [issued('two')]],
        PENDING: [[issued('three', { state: 'PENDING' })]],
      },
    });

    const { revocation } = await manage.revokeAll(callerOf(true), ofAlice, 'r');

    expect(revocation.policies[0]?.ends).toEqual([{ userIds: ['*:three', '*:one', '*:two'] }]);
    expect(queries.map(({ principalId, toMs }) => [principalId, toMs])).toEqual(
      queries.map(() => ['okta.alice@example.com', nowMs]),
    );
    // The longest that STS gives.
    expect(queries[0]?.fromMs).toBeLessThanOrEqual(nowMs - 129_600_000);
  });

  it('of a principal without sessions is 409', async () => {
    const none = await refusalOf(aManaging().manage.revokeAll(callerOf(true), ofAlice, 'r'));

    expect(none.code).toBe('not-revocable');
  });

  it('of a principal with too many to look through needs no list where Daypass set the source identity', async () => {
    const endless = Array.from({ length: 60 }, () => [issued('one')]);
    const { manage } = aManaging({ pages: { finished: endless } });

    const { revocation, cannotEnd } = await manage.revokeAll(callerOf(true), ofAlice, 'r');

    const [policy] = revocation.policies;
    expect(policy?.holder.arn).toBe(roleArn);
    expect(policy?.ends).toContainEqual(
      expect.objectContaining({ sourceIdentity: 'okta.alice@example.com' }),
    );
    expect(cannotEnd.join()).toContain('more issuances than this looks through');
  });

  it('of a principal passes over what has expired, however much of it there is', async () => {
    const expired = issued('old', { expiration: new Date(nowMs - 1).toISOString() });
    const pages = Array.from({ length: 40 }, () => Array.from({ length: 100 }, () => expired));
    const { manage } = aManaging({ pages: { finished: [...pages, [issued('one')]] } });

    const { revocation, cannotEnd } = await manage.revokeAll(callerOf(true), ofAlice, 'r');

    expect(revocation.policies[0]?.ends).toEqual([{ userIds: ['*:one'] }]);
    expect(cannotEnd.join()).not.toContain('more issuances');
  });

  it('of an IAM role’s session is of the role', async () => {
    const { manage, queries } = aManaging();
    const of = { ...ofAlice, issuer: 'aws', subject: 'arn:aws:sts::222222222222:assumed-role/Deployer/anna' };

    await refusalOf(manage.revokeAll(callerOf(true), of, 'r'));

    expect(queries[0]?.principalId).toBe(
      toSourceIdentity({ issuer: 'aws', subject: 'arn:aws:iam::222222222222:role/Deployer' }),
    );
  });

  const pages = { finished: [[issued('one')]] };
  const session = 'arn:aws:sts::222222222222:assumed-role/Deployer/anna';
  const role = 'arn:aws:iam::222222222222:role/Deployer';

  it.each([
    ['okta', 'alice@example.com', 'alice@example.com'],
    ['aws', session, role],
    ['aws', role, role],
    // A token's own text, which is nothing of IAM's.
    [
      'okta',
      'arn:aws:iam::222222222222:role/teams/Deployer',
      'arn:aws:iam::222222222222:role/teams/Deployer',
    ],
  ])(
    'of the issuer %s that the configuration has no more is of %s as the rows have it',
    async (issuer, asked, subject) => {
      const principalId = toSourceIdentity({ issuer, subject });
      const { manage } = aManaging({ gone: ['okta', 'aws'], pages, principalId });

      const { revocation } = await manage.revokeAll(
        callerOf(true),
        { ...ofAlice, issuer, subject: asked },
        'it was taken over',
      );

      expect(revocation.policies[0]?.ends).toEqual([{ userIds: ['*:one'] }]);
      expect(revocation.scope).toMatchObject({ issuer, subject });
    },
  );

  it('of somebody of whom there are no rows is 409, whoever it is', async () => {
    const { manage, puts } = aManaging({ pages, principalId: 'nobody' });

    const none = await refusalOf(manage.revokeAll(callerOf(true), { ...ofAlice, issuer: 'oktaa' }, 'r'));

    expect(none.code).toBe('not-revocable');
    expect(puts).toEqual([]);
  });

  it('of what can be no subject of IAM’s is refused', async () => {
    const of = { ...ofAlice, issuer: 'aws', subject: 'alice@example.com' };

    expect((await refusalOf(aManaging({ pages }).manage.revokeAll(callerOf(true), of, 'r'))).code).toBe(
      'invalid-request',
    );
  });

  it.each([
    ['applied', 1_000, 1],
    ['printed where looking for sessions took the time for it', 15_000, 0],
  ])('of a principal is %s', async (_what, pageMs, applies) => {
    const ofOwnRole = issued('one', { roleArns: ['arn:aws:iam::111111111111:role/daypass/ReadOnly'] });
    const { manage, applied, puts } = aManaging({ pageMs, pages: { finished: [[ofOwnRole]] } });

    await manage.revokeAll(callerOf(true), ofAlice, 'r');

    expect(applied).toHaveLength(applies);
    expect(puts.at(-1)?.policies).toMatchObject([{ state: applies === 1 ? 'APPLIED' : 'PRINTED' }]);
  });

  it('again keeps who did it before, twenty times at most', async () => {
    const by = { issuer: 'okta', subject: 'first@example.com' };
    const change = { version: 1, reason: 'older', by, at: before, gatewayRequestId: 'g' };
    const history = Array.from({ length: 20 }, () => change);
    const { manage, puts } = aManaging({
      before: aRevocation({ version: 22, reason: 'first', by, history }),
    });

    await manage.revokeIssuance(callerOf(true), anId, 'second');

    expect(puts[0]).toMatchObject({ version: 23, reason: 'second' });
    expect(puts[0]?.history).toHaveLength(20);
    expect(puts[0]?.history[0]).toMatchObject({ version: 22, reason: 'first', by });
  });

  it('is of the past', async () => {
    const later = new Date(nowMs + 61_000).toISOString();
    const { manage, puts } = aManaging();

    const refused = await refusalOf(
      manage.revokeAll(callerOf(true), { kind: 'role', roleArn, before: later }, 'r'),
    );

    expect(refused.code).toBe('invalid-request');
    expect(puts).toEqual([]);
  });

  it('of what somebody else revokes at the same time is 412', async () => {
    const { manage } = aManaging({ taken: true });

    expect((await refusalOf(manage.revokeIssuance(callerOf(true), anId, 'r'))).code).toBe('version-conflict');
  });
});
