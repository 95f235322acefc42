import { describe, expect, it } from '@jest/globals';
import { AuditUnavailableError } from '../../../../lambda/core/errors.ts';
import type { Finding, ProbeKind, Verification } from '../../../../lambda/core/integrations/integration.ts';
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
      ['changed-id', 'refused', 'refused'],
      ['changed-id', 'refused', 'refused'],
      ['repeated-id', 'refused', 'refused'],
      ['random-id', 'refused', 'refused'],
      ['random-id', 'refused', 'refused'],
      ['no-id', 'refused', 'refused'],
      ['no-id', 'refused', 'refused'],
      ['stranger', 'refused', 'refused'],
      ['right-id-again', 'accepted', 'accepted'],
    ]);
  });

  it('has a row before and a row after each call', async () => {
    const verifying = aVerifying();

    const { issuanceIds } = await verifying.verification();

    const calls = verifying.steps.filter((step) => ['sts', 'prober', 'stranger'].includes(step));
    expect(calls).toHaveLength(10);
    expect(verifying.steps).toEqual(calls.flatMap((call) => ['intent', call, 'outcome']));
    expect(verifying.intents.map(({ id }) => id)).toEqual(issuanceIds);
    expect(verifying.outcomes.map(({ of }) => of)).toEqual(issuanceIds);
    expect(verifying.intents.every(({ purpose }) => purpose === 'probe')).toBe(true);
    expect(verifying.intents.map(({ statement }) => statement)).toEqual(calls.map(() => 'Managers'));
    expect(verifying.intents[4]?.reason).toBe('random-id probe of integration globex');
    expect(verifying.outcomes.map(({ state }) => state)).toEqual([
      ...['ISSUED', 'REFUSED', 'REFUSED', 'REFUSED', 'REFUSED', 'REFUSED'],
      ...['REFUSED', 'REFUSED', 'REFUSED', 'ISSUED'],
    ]);
  });

  it('asks as an issuance would, for sessions that are good for nothing', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    for (const [index, request] of verifying.requests.entries()) {
      expect(request).toMatchObject({
        roleArn: 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight',
        durationSeconds: 900,
        sourceIdentity: 'okta.alice@example.com',
        sessionTags: { Team: 'probe', Broker: 'daypass' },
        managedPolicyArns: [],
      });
      expect(JSON.parse(request.sessionPolicy ?? '')).toEqual({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
      });
      expect(request.roleSessionName).toMatch(/^daypass-probe-01KDVDPJ00\d{16}-[\w-]{16}$/);
      expect(request.roleSessionName.length).toBeLessThanOrEqual(64);
      expect(index).toBeLessThan(7);
    }
  });

  it('takes wrong ids that are nobody’s, each another', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    const ids = verifying.requests.map(({ externalId }) => externalId);
    expect(ids.slice(1, 4)).toEqual([
      `D${rightId.slice(1)}`,
      expect.stringMatching(/^[a-z0-9-]{40}$/),
      rightId + rightId,
    ]);
    const differing = [...rightId].filter((character, place) => ids[2]?.[place] !== character);
    expect(differing).toHaveLength(1);
    expect(ids[2]).not.toMatch(/^daypass-[0-9a-f]{32}$/);
    expect(ids.slice(4, 6)).toEqual([
      expect.stringMatching(/^daypass-[0-9a-f]{32}$/),
      expect.stringMatching(/^daypass-[0-9a-f]{32}$/),
    ]);
    expect(new Set(ids.slice(0, 6)).size).toBe(6);
  });

  it('gives the prober the integration’s name and nothing more', async () => {
    const verifying = aVerifying();

    await verifying.verification();

    const withoutId = { integration: 'globex', probe: 'no-id' };
    expect(verifying.probed).toEqual([withoutId, withoutId, { ...withoutId, probe: 'stranger' }]);
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
      ...{ errorCode: 'AccessDenied', because: 'another-policy' },
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
    ['no id', { noId: () => proberGiven }, 'external-id-not-enforced', /without an ExternalId/],
    [
      'no id the second time',
      { noId: (index) => (index === 1 ? proberGiven : denied) },
      'external-id-not-enforced',
      /without an ExternalId/,
    ],
    ['a stranger', { stranger: proberGiven }, 'wildcard-principal', /does not name/],
    [
      'the previous id, whose time is over',
      {
        integration: { externalIds: anIds({ previous: nowMs }) },
        answer: except(({ externalId }) => externalId === previousId, given),
      },
      'previous-external-id-accepted',
      /grace period/,
    ],
  ])('fails: %s', async (_name, options, code, message) => {
    const found = await verification(options);

    expect(found.result).toBe('FAILED');
    expect(found.findings).toEqual([expect.objectContaining({ code, severity: 'danger' })]);
    expect(found.findings[0]?.message).toMatch(message);
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
      : { previous: { value: previousId, acceptedUntil: new Date(previous).toISOString() } }),
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
    ['always', { answer: () => denied }, ['role-does-not-trust-the-broker']],
    [
      'always, and sets neither',
      { answer: () => denied, integration: { setSourceIdentity: false, sessionTags: {} } },
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
      ['external-id-not-enforced', 'role-does-not-trust-the-broker'],
    ],
  ])('fails: %s', async (_name, options, expected) => {
    const found = await verification(options);

    expect(found.result).toBe('FAILED');
    expect(codes(found)).toEqual(expected);
  });

  it('asks again without source identity, without tags, and without both, each with a row', async () => {
    const verifying = aVerifying({ answer: () => denied });

    const found = await verifying.verification();

    expect(kinds(found).slice(0, 4)).toEqual([
      'right-id',
      'right-id-without-source-identity',
      'right-id-without-session-tags',
      'right-id-bare',
    ]);
    expect(verifying.requests.slice(0, 4).map((it) => [hasIdentity(it), hasTags(it)])).toEqual([
      [true, true],
      [false, true],
      [true, false],
      [false, false],
    ]);
    expect(verifying.intents).toHaveLength(found.probes.length);
  });

  it('is inconclusive when it accepts the id after a while', async () => {
    const found = await verification({
      answer: (request, index) => (index < 4 ? denied : rightRole()(request)),
    });

    expect(found.result).toBe('INCONCLUSIVE');
    expect(codes(found)).toEqual(['inconclusive']);
  });

  it('is inconclusive when it refuses the id at the end', async () => {
    const found = await verification({
      answer: (request, index) => (index > 5 ? denied : rightRole()(request)),
    });

    expect(found.result).toBe('INCONCLUSIVE');
    expect(seenOf(found, 'right-id-again')).toEqual(['refused']);
    expect(found.findings[0]?.message).toContain('at one time and refused at another');
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
    ].map((reason) => [reason, refusedFor(`${denied.detail} on resource: x ${reason}`)] as const),
  ];
  const places: readonly (readonly [string, (way: StsFailure) => VerifyingOptions])[] = [
    ['everything', (way) => ({ answer: () => way, noId: () => way, stranger: way })],
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
    'with an explicit deny in a resource-based policy',
    'because no resource-based policy allows the sts:AssumeRole action',
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

    expect(verifying.intents).toHaveLength(3);
    expect(found.issuanceIds).toHaveLength(3);
    expect(found.probes.slice(3).every(({ because }) => because === 'not-asked')).toBe(true);
    expect(found.findings[0]?.message).toContain('STS throttled');
  });

  it('begins no probe that API Gateway would not wait for', async () => {
    const verifying = aVerifying({ callMs: 5000 });

    const found = await verifying.verification();

    expect(verifying.intents).toHaveLength(4);
    expect(found.result).toBe('INCONCLUSIVE');
    expect(found.findings[0]?.message).toContain('no time left');
  });

  it('concludes nothing when a row cannot be finished', async () => {
    const failing = aVerifying({
      failOutcome: (index) =>
        index === 5 ? new AuditUnavailableError('the audit cannot be written') : undefined,
    });

    await expect(failing.verification()).rejects.toBeInstanceOf(AuditUnavailableError);
    expect(failing.requests).toHaveLength(6);
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

  it('fails while the role accepts the current id alone', async () => {
    const found = await verification({ integration, answer: accepts(rightId) });

    expect(found).toMatchObject({ result: 'FAILED', proved: 'next' });
    expect(codes(found)).toEqual(['role-does-not-trust-the-broker']);
    expect(seenOf(found, 'current-id')).toEqual(['accepted']);
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

  it('asks twice with the previous id after its grace period', async () => {
    const found = await verification({ integration: { externalIds: anIds({ previous: nowMs }) } });

    expect(found.result).toBe('PASSED');
    expect(seenOf(found, 'previous-id')).toEqual(['refused', 'refused']);
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
    ['a condition on sts:DurationSeconds', denied],
  ])('fails where it exceeds %s', async (_name, refusal) => {
    const found = await verification({ integration, answer: limited(refusal) });

    expect(found.result).toBe('FAILED');
    expect(codes(found)).toEqual(['session-too-long']);
  });

  it('is inconclusive for another ValidationError', async () => {
    const found = await verification({
      integration,
      answer: limited(refusedFor('something else', 'ValidationError')),
    });

    expect(found.result).toBe('INCONCLUSIVE');
  });
});
