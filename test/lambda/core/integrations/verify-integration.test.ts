import { describe, expect, it } from '@jest/globals';
import { AuditUnavailableError } from '../../../../lambda/core/errors.ts';
import type { Finding, ProbeKind, Verification } from '../../../../lambda/core/integrations/integration.ts';
import { type ShapeName, shapeNames } from '../../../../lambda/core/integrations/probe-shapes.ts';
import type { SeenSession } from '../../../../lambda/core/integrations/seen-session.ts';
import { lastProbeMs } from '../../../../lambda/core/integrations/start-probing.ts';
import type { ProbeTask } from '../../../../lambda/core/integrations/verify-ports.ts';
import { toWrongExternalIds } from '../../../../lambda/core/integrations/wrong-external-ids.ts';
import type { AssumeRoleRequest, StsAnswer, StsFailure } from '../../../../lambda/core/ports.ts';
import { anIssuedAnswer, secrets } from '../../../support/an-issuance.ts';
import { nowMs } from '../../../support/tokens.ts';
import {
  anIntegration,
  aVerifying,
  denied,
  nextId,
  previousId,
  proberGiven,
  rightId,
  rightRole,
  strangerHop,
  type VerifyingOptions,
} from '../../../support/verifying.ts';

const verification = (options: VerifyingOptions = {}) => aVerifying(options).verification();
const codes = ({ findings }: Pick<Verification, 'findings'>) => findings.map(({ code }) => code);
const kinds = ({ probes }: Verification) => probes.map(({ kind }) => kind);
const seenOf = ({ probes }: Verification, kind: ProbeKind) =>
  probes.filter((probe) => probe.kind === kind).map(({ seen }) => seen);
const given = (request: AssumeRoleRequest) => anIssuedAnswer(request);

/** The right role, but for the requests that `isOther` picks. */
const except =
  (isOther: (request: AssumeRoleRequest) => boolean, other: (request: AssumeRoleRequest) => StsAnswer) =>
  (request: AssumeRoleRequest): StsAnswer =>
    isOther(request) ? other(request) : rightRole()(request);

const refusedFor = (detail: string, errorCode = 'AccessDenied'): StsFailure => ({
  ...{ state: 'REFUSED', errorCode, detail, requestId: 'r' },
});
const throttled: StsFailure = { state: 'FAILED', cause: 'throttled', errorCode: 'Throttling', detail: '' };
const lost: StsFailure = { state: 'UNKNOWN', errorCode: 'TimeoutError', detail: '' };

const times = <Value>(count: number, values: readonly Value[]): readonly Value[] =>
  Array.from({ length: count }, () => values).flat();
const toRefused = (kind: string) => [kind, 'refused', 'refused'];

/** Of the issuing role's calls. */
const rows = ({ intents }: ReturnType<typeof aVerifying>) =>
  intents.filter(({ reason = '' }) => !/^(?:prober|no-id|stranger)/.test(reason));

/** What a role that does it right answers the prober. */
const rightProber = ({ probe }: ProbeTask) => (probe === 'prober-right-id' ? proberGiven : denied);

/** A role that refuses whoever asks, or is not there. */
const toNobody: VerifyingOptions = { answer: () => denied, proberRightId: () => denied };

function shapeOf({ sourceIdentity, sessionTags }: AssumeRoleRequest): ShapeName {
  const isTagged = Object.keys(sessionTags).length > 0;
  if (sourceIdentity === undefined) return isTagged ? 'without-source-identity' : 'bare';
  return isTagged ? 'real' : 'without-session-tags';
}

describe('verifying a role that does it right', () => {
  it('passes', async () => {
    const verifying = aVerifying();

    const found = await verifying.verification();

    expect(found).toMatchObject({
      result: 'PASSED',
      proved: 'current',
      findings: [],
      at: new Date(nowMs).toISOString(),
    });
    expect(found.probes.map(({ kind, wanted, seen }) => [kind, wanted, seen])).toEqual([
      ['right-id', 'accepted', 'accepted'],
      ['prober-right-id', 'accepted', 'accepted'],
      // In each of four shapes.
      ...times(4, ['changed-id', 'changed-id', 'repeated-id']).map(toRefused),
      ...times(4, ['random-id', 'random-id']).map(toRefused),
      ...times(4, ['no-id']).map(toRefused),
      ...times(4, ['stranger']).map(toRefused),
      ['right-id-again', 'accepted', 'accepted'],
    ]);
  });

  it('is asked everything twice where it has one shape alone', async () => {
    const verifying = aVerifying({ integration: { setSourceIdentity: false, sessionTags: {} } });

    const found = await verifying.verification();

    expect(found.result).toBe('PASSED');
    expect(kinds(found)).toEqual([
      ...['right-id', 'prober-right-id', ...times(2, ['changed-id', 'changed-id', 'repeated-id'])],
      ...times(4, ['random-id']),
      ...['no-id', 'no-id', 'stranger', 'stranger', 'right-id-again'],
    ]);
  });

  it('has a row before and a row after each call', async () => {
    const verifying = aVerifying();

    const { issuanceIds } = await verifying.verification();

    const calls = verifying.steps.filter((step) => step !== 'intent' && step !== 'outcome');
    expect(calls).toHaveLength(31);
    expect(verifying.steps).toEqual(calls.flatMap((call) => ['intent', call, 'outcome']));
    expect(verifying.intents.map(({ id }) => id)).toEqual(issuanceIds);
    expect(verifying.outcomes.map(({ of }) => of)).toEqual(issuanceIds);
    expect(verifying.intents.every(({ purpose }) => purpose === 'probe')).toBe(true);
    expect(verifying.intents.map(({ statement }) => statement)).toEqual(calls.map(() => 'Managers'));
    expect(verifying.intents[14]?.reason).toBe('random-id probe of integration globex');
    expect(verifying.outcomes.map(({ state }) => state)).toEqual([
      ...['ISSUED', 'ISSUED', ...times(28, ['REFUSED']), 'ISSUED'],
    ]);
  });

  it('writes down of the prober what it asks for, and the name of its session', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    const rows = verifying.intents.filter(({ reason = '' }) => /^(?:prober|no-id|stranger)/.test(reason));
    expect(rows).toHaveLength(9);
    for (const [index, { id, roleSessionName, sourceIdentity, sessionTags }] of rows.entries()) {
      const { probe, shape, issuanceId } = verifying.probed[index] ?? {};
      expect([issuanceId, roleSessionName]).toEqual([id, `daypass-probe-${probe}-${id}`]);
      expect((roleSessionName ?? '').length).toBeLessThanOrEqual(64);
      const isNamed = shape === 'real' || shape === 'without-session-tags';
      const isTagged = shape === 'real' || shape === 'without-source-identity';
      expect(sourceIdentity).toBe(isNamed ? 'daypass.probe' : undefined);
      expect(sessionTags).toEqual(isTagged ? { Team: 'probe', Broker: 'daypass' } : {});
    }
  });

  it('asks as an issuance would, for sessions that are good for nothing', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    expect(verifying.requests).toHaveLength(22);
    for (const request of verifying.requests) {
      expect(request).toMatchObject({
        roleArn: 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight',
        durationSeconds: 900,
        managedPolicyArns: [],
      });
      expect(JSON.parse(request.sessionPolicy ?? '')).toEqual({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
      });
      expect(request.roleSessionName).toMatch(/^daypass-probe-01KDVDPJ00\d{16}-[\w-]{16}$/);
      expect(request.roleSessionName.length).toBeLessThanOrEqual(64);
    }
  });

  it('sends the same, whoever asks, with wrong ids in every shape', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    const sent = (kind: string) =>
      verifying.requests
        .filter((_request, index) => rows(verifying)[index]?.reason?.startsWith(`${kind} `))
        .map(({ sourceIdentity = '', sessionTags }) => `${sourceIdentity} ${JSON.stringify(sessionTags)}`);
    const tags = '{"Team":"probe","Broker":"daypass"}';
    const shapes = [`daypass.probe ${tags}`, ` ${tags}`, 'daypass.probe {}', ' {}'];
    expect([sent('right-id'), sent('right-id-again')]).toEqual([shapes.slice(0, 1), shapes.slice(0, 1)]);
    for (const kind of ['changed-id', 'repeated-id', 'random-id']) {
      expect(new Set(sent(kind))).toEqual(new Set(shapes));
    }
  });

  it('takes wrong ids that are nobody’s, each another', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    const toIds = (...places: readonly number[]) =>
      places.map((place) => verifying.requests[place]?.externalId ?? '');
    const [recased, changed = '', repeated] = toIds(1, 2, 3);
    const random = toIds(13, 15, 17, 19);
    const foreign = toIds(14, 16, 18, 20);
    expect([recased, repeated]).toEqual([`D${rightId.slice(1)}`, rightId + rightId]);
    expect(changed).toMatch(/^[a-z0-9-]{40}$/);
    expect([...rightId].filter((character, place) => changed[place] !== character)).toHaveLength(1);
    expect(changed).not.toMatch(/^daypass-[0-9a-f]{32}$/);
    for (const id of random) expect(id).toMatch(/^daypass-[0-9a-f]{32}$/);
    for (const id of foreign) expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set([rightId, recased, changed, repeated, ...random, ...foreign]).size).toBe(12);
  });

  it('looks at another place of the id each time', () => {
    const places = Array.from({ length: 500 }, (_none, index) => {
      const [, changed] = toWrongExternalIds(rightId, `daypass-${index}`).changed;
      return [...rightId].findIndex((character, place) => changed[place] !== character);
    });

    expect(new Set(places).size).toBe(rightId.length);
  });

  it('changes the case of the first letter, and of an id without any another character', () => {
    expect(toWrongExternalIds('12-ab', 'x').changed[0]).toBe('12-Ab');
    expect(toWrongExternalIds('1234', 'x').changed[0]).toBe('123z');
  });

  it('gives the prober names alone', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    const shapes = ['real', 'without-source-identity', 'without-session-tags', 'bare'];
    const issuanceId = expect.stringMatching(/^01KDVDPJ00\d{16}$/);
    expect(verifying.probed).toEqual(
      [
        { probe: 'prober-right-id', shape: 'real' },
        ...shapes.map((shape) => ({ probe: 'no-id', shape })),
        ...shapes.map((shape) => ({ probe: 'stranger', shape })),
      ].map((one) => ({ ...one, integration: 'globex', version: 1, which: 'current', issuanceId })),
    );
  });

  it('keeps neither credentials nor ExternalIds', async () => {
    const verifying = aVerifying({ answer: given, noId: () => proberGiven, stranger: proberGiven });

    const found = await verifying.verification();

    const kept = JSON.stringify([found, verifying.intents, verifying.outcomes]);
    expect(found.findings.length).toBeGreaterThan(0);
    expect(kept).toContain('ASIAIOSFODNN7EXAMPLE');
    expect(kept).toContain('ASIAPROBERPROBER1234');
    for (const secret of [...Object.values(secrets), rightId, 'abababab']) expect(kept).not.toContain(secret);
  });

  it('writes down the session of the stranger, by which the role was asked', async () => {
    const { verification: verify, intents, outcomes } = aVerifying();

    await verify();

    const [intent] = intents.filter(({ roleArns }) => roleArns.length > 1);
    expect(intent?.roleArns).toEqual([strangerHop.roleArn, anIntegration().roleArn]);
    expect(outcomes.find(({ of }) => of === intent?.id)).toMatchObject({
      state: 'REFUSED',
      hops: [strangerHop],
    });
  });

  it('is inconclusive where the stranger’s own role was refused: nobody asked for the other', async () => {
    const found = await verification({ isStranger: false });

    expect(found.result).toBe('INCONCLUSIVE');
    expect(found.probes).toContainEqual({
      ...{ kind: 'stranger', wanted: 'refused', seen: 'inconclusive' },
      ...{ errorCode: 'AccessDenied', because: 'own-policy' },
    });
  });
});

describe('a role that accepts what it must refuse', () => {
  it.each<[string, VerifyingOptions, Finding['code'], RegExp]>([
    ['any id', { answer: given }, 'external-id-not-enforced', /random ExternalId, and .*resembles/],
    [
      'the id in another case',
      { answer: except(({ externalId = '' }) => externalId.toLowerCase() === rightId, given) },
      'external-id-not-enforced',
      /only resembles/,
    ],
    [
      'whatever begins with the id',
      { answer: except(({ externalId = '' }) => externalId.startsWith(rightId), given) },
      'external-id-not-enforced',
      /only resembles/,
    ],
    [
      'whatever is not named as ours are',
      { answer: except(({ externalId = '' }) => !externalId.toLowerCase().startsWith('daypass-'), given) },
      'external-id-not-enforced',
      /with a random/,
    ],
    ['no id', { noId: () => proberGiven }, 'external-id-not-enforced', /without an ExternalId/],
    [
      'no id the second time',
      { noId: (index) => (index === 1 ? proberGiven : denied) },
      'external-id-not-enforced',
      /without an ExternalId/,
    ],
    ['a stranger', { stranger: proberGiven }, 'wildcard-principal', /does not name/],
    ...shapeNames.flatMap((shape): readonly [string, VerifyingOptions, Finding['code'], RegExp][] => [
      [
        `a stranger, ${shape}`,
        {
          prober: (task) =>
            task.shape === shape && task.probe !== 'no-id' ? proberGiven : rightProber(task),
        },
        ...(['wildcard-principal', /does not name/] as const),
      ],
      [
        `no id, ${shape}`,
        {
          prober: (task) =>
            task.shape === shape && task.probe === 'no-id' ? proberGiven : rightProber(task),
        },
        ...(['external-id-not-enforced', /without an ExternalId/] as const),
      ],
      [
        `any id, ${shape}`,
        { answer: except((request) => shapeOf(request) === shape, given) },
        ...(['external-id-not-enforced', /with a random/] as const),
      ],
    ]),
  ])('fails: %s', async (_name, options, code, message) => {
    const found = await verification(options);

    expect(found.result).toBe('FAILED');
    expect(found.findings).toEqual([expect.objectContaining({ code, severity: 'danger' })]);
    expect(found.findings[0]?.message).toMatch(message);
  });

  it('fails, and is no danger, for the previous id, whose time is over', async () => {
    const found = await verification({
      integration: { externalIds: anIds({ previous: nowMs }) },
      answer: except(({ externalId }) => externalId === previousId, given),
    });

    expect(found.result).toBe('FAILED');
    expect(found.findings).toEqual([
      expect.objectContaining({ code: 'previous-external-id-accepted', severity: 'error' }),
    ]);
  });

  it('names the confused deputy', async () => {
    const { findings } = await verification({ answer: given });

    expect(findings[0]?.message).toContain('confused deputy');
    expect(findings[0]?.remedy).toContain('StringEquals');
  });

  it('fails for one that was accepted, whatever was inconclusive', async () => {
    let index = 0;
    const found = await verification({
      answer: except(
        ({ externalId }) => externalId !== rightId,
        (request) => (index++ === 0 ? given(request) : lost),
      ),
    });

    expect(found.result).toBe('FAILED');
    expect(codes(found)).toEqual(['external-id-not-enforced', 'inconclusive']);
  });
});

function anIds({ previous, next }: { readonly previous?: number; readonly next?: true }) {
  return {
    current: rightId,
    ...(next === undefined ? {} : { next: nextId }),
    ...(previous === undefined
      ? {}
      : { previous: [{ value: previousId, acceptedUntil: new Date(previous).toISOString() }] }),
  };
}

describe('a role that refuses the right id', () => {
  const requires = (isAllowed: (request: AssumeRoleRequest) => boolean): VerifyingOptions => ({
    answer: (request) => (isAllowed(request) ? rightRole()(request) : denied),
  });
  const hasIdentity = ({ sourceIdentity }: AssumeRoleRequest) => sourceIdentity !== undefined;
  const hasTags = ({ sessionTags }: AssumeRoleRequest) => Object.keys(sessionTags).length > 0;

  it.each<[string, VerifyingOptions, readonly Finding['code'][]]>([
    ['with a source identity', requires((request) => !hasIdentity(request)), ['source-identity-not-allowed']],
    ['with tags', requires((request) => !hasTags(request)), ['session-tags-not-allowed']],
    [
      'with either',
      requires((request) => !hasIdentity(request) && !hasTags(request)),
      ['source-identity-not-allowed', 'session-tags-not-allowed'],
    ],
    ['always', toNobody, ['role-does-not-trust-the-broker']],
    [
      'always, but the prober',
      { answer: () => denied, integration: { sessionTags: {} } },
      ['issuer-not-trusted'],
    ],
    [
      'always, and sets neither',
      { ...toNobody, integration: { setSourceIdentity: false, sessionTags: {} } },
      ['role-does-not-trust-the-broker'],
    ],
    [
      'with a source identity, and takes any id',
      { answer: (request) => (hasIdentity(request) ? denied : given(request)) },
      ['external-id-not-enforced', 'source-identity-not-allowed'],
    ],
    [
      'and takes others',
      { answer: (request) => (request.externalId === rightId ? denied : given(request)) },
      ['external-id-not-enforced', 'issuer-not-trusted'],
    ],
  ])('fails: %s', async (_name, options, expected) => {
    const found = await verification(options);

    expect(found.result).toBe('FAILED');
    expect(codes(found)).toEqual(expected);
  });

  it('asks again without source identity, without tags, and without both, each with a row', async () => {
    const verifying = aVerifying({ answer: () => denied });

    const found = await verifying.verification();

    expect(kinds(found).slice(0, 5)).toEqual([
      'right-id',
      'right-id',
      'right-id-without-source-identity',
      'right-id-without-session-tags',
      'right-id-bare',
    ]);
    expect(verifying.requests.slice(0, 5).map((it) => [hasIdentity(it), hasTags(it)])).toEqual([
      [true, true],
      [true, true],
      [false, true],
      [true, false],
      [false, false],
    ]);
    expect(verifying.intents).toHaveLength(found.probes.length);
  });

  it.each<[string, (index: number) => boolean, readonly Finding['code'][]]>([
    ['the first time', (index) => index === 0, ['inconclusive']],
    ['twice', (index) => index < 2, ['inconclusive']],
    ['for a while, the lesser ones too', (index) => index < 5, ['inconclusive']],
    ['at the end', (index) => index === 21, ['inconclusive']],
  ])('is inconclusive, and nothing is blamed, when it is refused %s', async (_when, isRefused, expected) => {
    const found = await verification({
      answer: (request, index) => (isRefused(index) ? denied : rightRole()(request)),
    });

    expect(found.result).toBe('INCONCLUSIVE');
    expect(codes(found)).toEqual(expected);
    expect(found.findings[0]?.message).toContain('at one time and refused at another');
  });

  it('says so of dangers that it saw, whatever else is not settled', async () => {
    const found = await verification({
      answer: (request, index) => (index === 0 ? denied : given(request)),
    });

    expect([found.result, codes(found)]).toEqual(['FAILED', ['external-id-not-enforced', 'inconclusive']]);
  });

  it('says which values the probes send, where a condition may be on them', async () => {
    const remedyOf = async (role: VerifyingOptions) => (await verification(role)).findings[0]?.remedy;

    expect(await remedyOf(requires((request) => !hasIdentity(request)))).toContain('daypass.probe');
    expect(await remedyOf(requires((request) => !hasTags(request)))).toContain('the value probe');
    const [nobody] = (await verification(toNobody)).findings;
    expect(nobody?.remedy).toMatch(/sts:SourceIdentity.*aws:RequestTag.*sts:RoleSessionName/);
  });
});

describe('a role that does not let the prober in', () => {
  it('fails: what it refuses the prober without an id proves nothing', async () => {
    const found = await verification({ proberRightId: () => denied });

    expect(found.result).toBe('FAILED');
    expect(found.findings).toEqual([
      expect.objectContaining({ code: 'prober-not-trusted', severity: 'error' }),
    ]);
    expect(found.findings[0]?.remedy).toContain('aws:PrincipalArn');
    expect(seenOf(found, 'prober-right-id')).toEqual(['refused', 'refused']);
  });

  it.each<[string, (index: number) => StsAnswer<SeenSession>]>([
    ['at first', (index) => (index === 0 ? denied : proberGiven)],
    ['by an organization', () => refusedFor('x with an explicit deny in a service control policy')],
    ['by nobody', () => lost],
  ])('is inconclusive when it was refused %s', async (_what, proberRightId) => {
    const found = await verification({ proberRightId });

    expect([found.result, codes(found)]).toEqual(['INCONCLUSIVE', ['inconclusive']]);
  });

  it('is asked in the shape that it allows the issuing role', async () => {
    const verifying = aVerifying({
      answer: (request) => (shapeOf(request) === 'without-session-tags' ? rightRole()(request) : denied),
    });

    const found = await verifying.verification();

    expect(verifying.probed.filter(({ probe }) => probe === 'prober-right-id')).toMatchObject([
      { shape: 'without-session-tags' },
    ]);
    expect(codes(found)).toEqual(['session-tags-not-allowed']);
  });
});

describe('what is in the way', () => {
  const ways: readonly (readonly [string, StsFailure])[] = [
    ['throttling', throttled],
    ['a lost answer', lost],
    ['an error of STS’s', { ...lost, errorCode: 'InternalFailure' }],
    ['a region that is off', refusedFor('STS is not activated', 'RegionDisabledException')],
    ['expired credentials', refusedFor('The security token is expired', 'ExpiredToken')],
    ['a code that resembles', refusedFor('not authorized', 'AccessDeniedException')],
    // IAM guide, "Troubleshoot access denied error messages": all that are not the role's own.
    ...[
      'with an explicit deny in a service control policy',
      'with an explicit deny in a resource control policy',
      'with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1',
      'with an explicit deny in an identity-based policy',
      'with an explicit deny in a permissions boundary',
      'with an explicit deny in a VPC endpoint policy',
      'with an explicit deny in a kind of policy that is new',
      'because no identity-based policy allows the sts:AssumeRole action',
      'because no service control policy allows the sts:AssumeRole action',
      'because no VPC endpoint policy allows the sts:AssumeRole action',
      'because no permissions boundary allows the sts:AssumeRole action',
      'because no session policy allows the sts:AssumeRole action',
      'with an explicit deny in a sessions policy',
      'with an explicit deny in a VPC endpoint policy transitively through a service control policy',
      'with an explicit deny in a resource-based policy transitively through a service control policy',
    ].map((reason) => [reason, refusedFor(`${denied.detail} on resource: x ${reason}`)] as const),
  ];
  const places: readonly (readonly [string, (way: StsFailure) => VerifyingOptions])[] = [
    ['everything', (way) => ({ answer: () => way, prober: () => way })],
    ['the prober’s right id', (way) => ({ proberRightId: () => way })],
    [
      'the right id',
      (way) => ({
        answer: except(
          ({ externalId }) => externalId === rightId,
          () => way,
        ),
      }),
    ],
    [
      'wrong ids',
      (way) => ({
        answer: except(
          ({ externalId }) => externalId !== rightId,
          () => way,
        ),
      }),
    ],
    [
      'one wrong id',
      (way) => ({
        answer: except(
          ({ externalId }) => externalId === rightId + rightId,
          () => way,
        ),
      }),
    ],
    ['no id', (way) => ({ noId: (index) => (index === 1 ? way : denied) })],
    ['the stranger', (way) => ({ stranger: way })],
  ];

  it.each(
    ways.flatMap(([way, failure]) =>
      places.map(([place, toOptions]) => [way, place, toOptions(failure)] as const),
    ),
  )('%s, of %s, is inconclusive', async (_way, _place, options) => {
    const found = await verification(options);

    expect(found.result).toBe('INCONCLUSIVE');
    expect(codes(found)).toEqual(['inconclusive']);
  });

  it('says that it is an organization’s policy', async () => {
    const { findings } = await verification({
      answer: () => refusedFor('x with an explicit deny in a resource control policy'),
    });

    expect(findings[0]).toMatchObject({
      message: expect.stringContaining('(SCP, RCP)'),
      remedy: expect.stringContaining('ask those who manage'),
    });
  });

  it.each([
    'with an explicit deny in an identity-based policy',
    'because no identity-based policy allows the sts:AssumeRole action',
    'with an explicit deny in a permissions boundary',
    'because no permissions boundary allows the sts:AssumeRole action',
    'because no session policy allows the sts:AssumeRole action',
  ])('says that it is a policy of the broker’s own, and never to loosen it: %s', async (reason) => {
    const { probes, findings } = await verification({ answer: () => refusedFor(`x ${reason}`) });

    expect(probes[0]?.because).toBe('own-policy');
    expect(findings[0]?.message).toContain("the broker's own policies");
    expect(findings[0]?.remedy).toMatch(/belongs in a profile.*integrations\.ownAccounts/);
  });

  it.each([
    '',
    'on resource: arn:aws:iam::777777777777:role/X',
    'with an explicit deny in a resource-based policy',
    'because no resource-based policy allows the sts:AssumeRole action',
    'with an explicit deny in the role trust policy',
    'because no role trust policy allows the sts:AssumeRole action',
  ])('counts the role’s own refusal: %s', async (reason) => {
    const found = await verification({
      answer: except(
        ({ externalId }) => externalId !== rightId,
        () => refusedFor(`x ${reason}`),
      ),
    });

    expect(found.result).toBe('PASSED');
  });

  it('asks nothing more of an STS that throttles', async () => {
    const verifying = aVerifying({
      answer: (request, index) => (index === 2 ? throttled : rightRole()(request)),
    });

    const found = await verifying.verification();

    // The prober's among them.
    expect(verifying.intents).toHaveLength(4);
    expect(found.issuanceIds).toHaveLength(4);
    expect(found.probes.slice(4).every(({ because }) => because === 'not-asked')).toBe(true);
    expect(found.findings[0]?.message).toContain('STS throttled');
  });

  it('begins no probe whose end would not be waited for', async () => {
    const callMs = 4999;
    const verifying = aVerifying({ callMs });

    const found = await verifying.verification();

    expect(verifying.intents).toHaveLength(3);
    // Each with the 4000 of its rows, within the 24 000 of whoever asks.
    expect(lastProbeMs + 5000 + 4000).toBeLessThan(24_000);
    expect(found.result).toBe('INCONCLUSIVE');
    expect(found.findings[0]?.message).toContain('no time left');
  });

  it('concludes nothing when a row cannot be finished', async () => {
    const failing = aVerifying({
      failOutcome: (index) =>
        index === 5 ? new AuditUnavailableError('the audit cannot be written') : undefined,
    });

    await expect(failing.verification()).rejects.toBeInstanceOf(AuditUnavailableError);
    expect([...failing.requests, ...failing.probed]).toHaveLength(6);
  });

  it('does not lose a danger that it saw before a row could not be finished', async () => {
    const failing = aVerifying({
      answer: given,
      failOutcome: (index) =>
        index === 5 ? new AuditUnavailableError('the audit cannot be written') : undefined,
    });

    const found = await failing.verification();

    expect([found.result, codes(found)]).toEqual(['FAILED', ['external-id-not-enforced', 'inconclusive']]);
    expect([...failing.requests, ...failing.probed]).toHaveLength(6);
  });
});

describe('a rotation', () => {
  const accepts =
    (...ids: readonly (string | undefined)[]) =>
    (request: AssumeRoleRequest) =>
      ids.includes(request.externalId) ? given(request) : denied;
  const integration = { externalIds: anIds({ next: true }) };

  it('proves the next id while the role accepts both', async () => {
    const found = await verification({ integration, answer: accepts(rightId, nextId) });

    expect(found).toMatchObject({ result: 'PASSED', proved: 'next', findings: [] });
    expect(seenOf(found, 'current-id')).toEqual(['accepted']);
  });

  it('proves the next id, and says that the current one is refused already', async () => {
    const found = await verification({ integration, answer: accepts(nextId) });

    expect(found).toMatchObject({ result: 'PASSED', proved: 'next' });
    expect(found.findings).toEqual([
      expect.objectContaining({ code: 'current-external-id-refused', severity: 'warning' }),
    ]);
  });

  it('fails for the next id alone while the role accepts the current one', async () => {
    const verifying = aVerifying({ integration, answer: accepts(rightId) });

    const found = await verifying.verification();

    expect(found).toMatchObject({ result: 'FAILED', proved: 'next' });
    expect(found.findings).toEqual([
      expect.objectContaining({
        ...{ code: 'next-external-id-refused', severity: 'error' },
        remedy: expect.stringContaining('apply the onboarding kit'),
      }),
    ]);
    expect(seenOf(found, 'current-id')).toEqual(['accepted']);
    // By the id that the role gives something for.
    expect(verifying.probed[0]).toMatchObject({ probe: 'prober-right-id', which: 'current' });
  });

  it('asks the prober and strangers with the next id, and strangers with the current one as well', async () => {
    const verifying = aVerifying({ integration, answer: accepts(rightId, nextId) });

    await verifying.verification();

    expect(verifying.probed[0]).toMatchObject({ probe: 'prober-right-id', which: 'next' });
    const asStranger = verifying.probed.filter(({ probe }) => probe === 'stranger');
    expect(asStranger.map(({ which }) => which)).toEqual([...times(4, ['next']), ...times(4, ['current'])]);
  });

  it('fails as without one when the role accepts neither', async () => {
    const found = await verification({ integration, ...toNobody });

    expect([found.result, codes(found)]).toEqual(['FAILED', ['role-does-not-trust-the-broker']]);
  });

  it.each([
    ['current', rightId],
    ['next', nextId],
  ])('sees ids that resemble the %s one', async (_which, id) => {
    for (const other of [`D${id.slice(1)}`, id + id]) {
      const found = await verification({ integration, answer: accepts(rightId, nextId, other) });

      expect([found.result, codes(found)]).toEqual(['FAILED', ['external-id-not-enforced']]);
    }
  });

  it('sees a stranger with the current id while the next one is not applied', async () => {
    const prober = (task: ProbeTask) =>
      task.probe === 'stranger' && task.which === 'current' ? proberGiven : rightProber(task);

    const found = await verification({ integration, answer: accepts(rightId), prober });

    expect([found.result, codes(found)]).toEqual([
      'FAILED',
      ['wildcard-principal', 'next-external-id-refused'],
    ]);
  });

  it('believes a refusal of the current id the second time', async () => {
    let index = 0;
    const answer = (request: AssumeRoleRequest) =>
      request.externalId === rightId && index++ === 0 ? denied : accepts(rightId)(request);

    const found = await verification({ integration, answer });

    expect(codes(found)).toEqual(['next-external-id-refused']);
  });

  it('leaves the previous id alone in its grace period', async () => {
    const verifying = aVerifying({
      integration: { externalIds: anIds({ previous: nowMs + 1 }) },
      answer: accepts(rightId, previousId),
    });

    const found = await verifying.verification();

    expect(found.result).toBe('PASSED');
    expect(verifying.requests.map(({ externalId }) => externalId)).not.toContain(previousId);
  });

  it('asks with each previous id after its grace period', async () => {
    const acceptedUntil = new Date(nowMs).toISOString();
    const previous = [previousId, 'daypass-older'].map((value) => ({ value, acceptedUntil }));
    const verifying = aVerifying({ integration: { externalIds: { current: rightId, previous } } });

    const found = await verifying.verification();

    expect(found.result).toBe('PASSED');
    const asked = verifying.requests.filter((_request, index) =>
      rows(verifying)[index]?.reason?.startsWith('previous-id'),
    );
    expect(asked.map(({ externalId }) => externalId)).toEqual([
      ...times(4, [previousId]),
      ...times(4, ['daypass-older']),
    ]);
  });
});

describe('the longest session', () => {
  const integration = { duration: { defaultSeconds: 900, maxSeconds: 7200 } };
  const tooLong = refusedFor(
    'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    'ValidationError',
  );
  const limited = (refusal: StsAnswer) =>
    except(
      ({ durationSeconds }) => durationSeconds > 3600,
      () => refusal,
    );

  it('is asked for once, with a policy that denies everything', async () => {
    const verifying = aVerifying({ integration });

    const found = await verifying.verification();

    expect(found.result).toBe('PASSED');
    const long = verifying.requests.filter(({ durationSeconds }) => durationSeconds !== 900);
    expect(long).toHaveLength(1);
    expect(long[0]).toMatchObject({ durationSeconds: 7200, sessionPolicy: expect.stringContaining('Deny') });
  });

  it.each([
    ['MaxSessionDuration', tooLong],
    [
      'role chaining',
      refusedFor(
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
        'ValidationError',
      ),
    ],
  ])('fails where it exceeds %s', async (_name, refusal) => {
    const found = await verification({ integration, answer: limited(refusal) });

    expect(found.result).toBe('FAILED');
    expect(codes(found)).toEqual(['session-too-long']);
  });

  it.each([
    ['another ValidationError', refusedFor('something else', 'ValidationError')],
    // No condition key of AssumeRole is about the duration: it was refused for another reason.
    ['an AccessDenied', denied],
  ])('is inconclusive for %s', async (_what, refusal) => {
    const found = await verification({ integration, answer: limited(refusal) });

    expect([found.result, codes(found)]).toEqual(['INCONCLUSIVE', ['inconclusive']]);
  });

  it('is not asked for where the role gives nothing at all', async () => {
    const found = await verification({ integration, ...toNobody });

    expect(kinds(found)).not.toContain('longest-session');
    expect(codes(found)).toEqual(['role-does-not-trust-the-broker']);
  });
});
