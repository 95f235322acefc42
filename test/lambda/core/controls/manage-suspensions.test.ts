import { describe, expect, it } from '@jest/globals';
import { createAuditDenials } from '../../../../lambda/core/audit-denials.ts';
import type { SuspensionStore } from '../../../../lambda/core/controls/control-ports.ts';
import { createManageSuspensions } from '../../../../lambda/core/controls/manage-suspensions.ts';
import { maxHistory, type Suspension, toTargetKey } from '../../../../lambda/core/controls/suspension.ts';
import { VersionConflictError } from '../../../../lambda/core/errors.ts';
import type { Principal } from '../../../../lambda/core/principal.ts';
import { aConfiguration } from '../../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../../support/a-principal.ts';
import { issuePorts, refusalOf } from '../../../support/issue-ports.ts';
import { openAdmission } from '../../../support/open-admission.ts';
import { nowMs } from '../../../support/tokens.ts';

const controls = {
  trust: [
    {
      Effect: 'Allow',
      Principal: { Federated: 'okta' },
      Condition: { Bool: { 'daypass:MultiFactorAuthPresent': 'true' } },
    },
  ],
};
const profile = { kind: 'profile', name: 'prod-readonly' } as const;
const everything = { kind: 'everything' } as const;

/** @param before what somebody else puts before each put of ours, as often as there is one */
function aManaging(options: { readonly sections?: object; readonly before?: Suspension[] } = {}) {
  const items = new Map<string, Suspension>();
  const { before = [] } = options;
  const put = (suspension: Suspension): boolean => {
    const key = toTargetKey(suspension.target);
    if ((items.get(key)?.version ?? 0) !== suspension.version - 1) return false;
    items.set(key, suspension);
    return true;
  };
  const store: SuspensionStore = {
    find: async (key) => items.get(key),
    put: async (suspension) => {
      const other = before.shift();
      if (other !== undefined) put(other);
      return put(suspension);
    },
    list: async () => ({ items: [...items.values()] }),
  };
  const configuration = aConfiguration({ controls, ...options.sections });
  const { ports, calls } = issuePorts(configuration);
  const audited = createAuditDenials({ ...ports, admission: openAdmission });
  return {
    manage: createManageSuspensions({ configuration, store, audited, now: () => nowMs }),
    calls,
    items,
  };
}

const callerOf = (changes: Partial<Principal> = {}) => ({
  principal: aPrincipal({ subject: 'sre@example.com', mfa: true, ...changes }),
  origin: anOrigin(),
});
const ofOthers = (version: number, state: Suspension['state']): Suspension => ({
  ...{ target: profile, version, state, reason: 'of somebody else', history: [] },
  ...{ by: { issuer: 'okta', subject: 'other@example.com' }, at: new Date(nowMs).toISOString() },
  gatewayRequestId: 'other',
});

describe('suspending', () => {
  it('takes effect whatever came before, and keeps who did it', async () => {
    const { manage, items } = aManaging({ before: [ofOthers(1, 'SUSPENDED'), ofOthers(2, 'LIFTED')] });

    const suspended = await manage.suspend(callerOf(), profile, 'mine');

    expect(suspended).toMatchObject({
      ...{ state: 'SUSPENDED', reason: 'mine', version: 3 },
      by: { issuer: 'okta', subject: 'sre@example.com' },
      history: [{ state: 'LIFTED' }],
    });
    expect(items.get('profile#prod-readonly')).toEqual(suspended);
  });

  it('keeps the last twenty changes', async () => {
    const { manage } = aManaging();
    let last: Suspension | undefined;
    for (let change = 0; change < maxHistory + 5; change += 1)
      last = await manage.suspend(callerOf(), everything, `change ${change}`);

    expect(last?.history).toHaveLength(maxHistory);
    expect(last?.history[0]?.reason).toBe(`change ${maxHistory + 3}`);
  });
});

const iamIssuers = {
  okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
  aws: { type: 'iam', accounts: ['222222222222'] },
};
const integrations = { trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }] };

describe('a principal that is suspended', () => {
  const suspended = async (issuer: string, subject: string, sections: object = {}) => {
    const { manage } = aManaging({ sections: { issuers: iamIssuers, ...sections } });
    const { target } = await manage.suspend(callerOf(), { kind: 'principal', issuer, subject }, 'mine');
    return target.kind === 'principal' ? target.subject : undefined;
  };
  const role = 'arn:aws:iam::222222222222:role/Deployer';

  it.each([
    [role, role],
    ['arn:aws:iam::222222222222:role/teams/a/Deployer', role],
    ['arn:aws:sts::222222222222:assumed-role/Deployer/anna', role],
    ['arn:aws:iam::222222222222:user/people/dev', 'arn:aws:iam::222222222222:user/people/dev'],
    ['arn:aws:sts::222222222222:federated-user/dev', 'arn:aws:sts::222222222222:federated-user/dev'],
  ])('%s of IAM is %s, as requests say it', async (subject, expected) => {
    expect(await suspended('aws', subject)).toBe(expected);
  });

  it.each([
    ['aws', 'Deployer', {}],
    ['aws', 'arn:aws-cn:iam::222222222222:role/Deployer', {}],
    ['aws', 'arn:aws-cn:iam::222222222222:user/dev', {}],
    ['aws', 'arn:aws:iam::222222222222:role/', {}],
    ['aws', 'arn:aws:iam::222222222222:root', {}],
    ['aws', 'arn:aws:iam::222222222222:role/Deployer ', {}],
    ['aws', 'arn:aws:iam::222222222222:role//Deploy er', {}],
    ['aws', 'arn:aws:iam::222222222222:user/x y', {}],
    ['aws', 'arn:aws:iam::222222222222:user/alice\n', {}],
    ['aws', 'arn:aws:iam::222222222222:user/people/', {}],
    ['aws', `arn:aws:iam::222222222222:user/${'x'.repeat(65)}`, {}],
    ['aws', 'arn:aws:sts::222222222222:assumed-role/Deployer', {}],
    ['aws', 'arn:aws:sts::222222222222:assumed-role/Deployer/', {}],
    ['aws', 'arn:aws:sts::222222222222:assumed-role/a/Deployer/x', {}],
    ['aws', 'arn:aws:sts::222222222222:federated-user/a/b', {}],
    ['aws', 'arn:aws:sts::222222222222:role/Deployer', {}],
    ['aws', 'arn:aws:iam::222222222222:assumed-role/Deployer/anna', {}],
    ['aws', 'x arn:aws:iam::222222222222:role/Deployer', {}],
    ['oktaa', 'alice@example.com', {}],
    ['oktaa', 'alice@example.com', { integrations }],
    ['self', 'self', { integrations }],
  ])('%s %s is refused: it would stop nothing', async (issuer, subject, sections) => {
    expect((await refusalOf(suspended(issuer, subject, sections))).code).toBe('invalid-request');
  });

  it('may be a third party', async () => {
    expect(await suspended('acme-reports', 'acme-reports', { integrations })).toBe('acme-reports');
  });
});

describe('an integration that is suspended', () => {
  const suspended = (name: string, sections: object = { integrations }) =>
    aManaging({ sections }).manage.suspend(callerOf(), { kind: 'integration', name }, 'mine');

  it('is not looked up', async () => {
    expect(await suspended('initech')).toMatchObject({
      target: { kind: 'integration', name: 'initech' },
      state: 'SUSPENDED',
    });
  });

  it.each([
    ['self', undefined],
    ['Initech', undefined],
    ['initech', {}],
  ])('%s is refused where none can have that name (sections %j)', async (name, sections) => {
    expect((await refusalOf(suspended(name, sections))).code).toBe('invalid-request');
  });
});

describe('lifting', () => {
  it.each([undefined, 1])('does not undo a suspension that came between (version %s)', async (version) => {
    const before: Suspension[] = [];
    const { manage, items } = aManaging({ before });
    await manage.suspend(callerOf(), profile, 'mine');
    before.push(ofOthers(2, 'SUSPENDED'));

    const lifting = manage.lift(callerOf(), 'profile.prod-readonly', { reason: 'over', version });

    await expect(lifting).rejects.toBeInstanceOf(VersionConflictError);
    expect(items.get('profile#prod-readonly')).toMatchObject({
      state: 'SUSPENDED',
      reason: 'of somebody else',
    });
  });

  it('is for the version that was read, where one is named', async () => {
    const { manage } = aManaging();
    await manage.suspend(callerOf(), profile, 'one');
    await manage.suspend(callerOf(), profile, 'two');

    const lift = (version: number) =>
      manage.lift(callerOf(), 'profile.prod-readonly', { reason: 'over', version });

    await expect(lift(1)).rejects.toBeInstanceOf(VersionConflictError);
    expect(await lift(2)).toMatchObject({ state: 'LIFTED', version: 3 });
  });
});

describe('whoever', () => {
  const { manage: none, calls: ofNone } = aManaging({ sections: { controls: undefined } });
  it.each([
    ['has no second factor', aManaging(), { mfa: false }],
    ['is of another issuer', aManaging(), { issuer: 'ci' }],
    ['shows a proof that is good for one effect', aManaging(), { proofId: 'x'.repeat(43) }],
    ['is anybody, where there is no section', { manage: none, calls: ofNone }, {}],
  ])('%s suspends, lifts and sees nothing, with a row each', async (_, { manage, calls }, changes) => {
    const caller = callerOf(changes);

    const refusals = [
      await refusalOf(manage.suspend(caller, everything, 'mine')),
      await refusalOf(manage.lift(caller, 'everything', { reason: 'over', version: undefined })),
      await refusalOf(manage.list(caller, { limit: 5 })),
    ];

    expect(refusals.map(({ code }) => code)).toEqual(refusals.map(() => 'access-denied'));
    expect(calls.map((call) => 'denial' in call && call.denial.purpose)).toEqual(
      refusals.map(() => 'control'),
    );
  });

  it('reads that there is no section', async () => {
    const { message } = await refusalOf(none.list(callerOf(), { limit: 5 }));

    expect(message).toContain('no section controls');
  });
});
