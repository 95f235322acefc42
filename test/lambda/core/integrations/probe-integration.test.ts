import { describe, expect, it } from '@jest/globals';
import { IntegrationsUnavailableError } from '../../../../lambda/core/errors.ts';
import { hideExternalIds } from '../../../../lambda/core/integrations/hide-external-ids.ts';
import type { Integration } from '../../../../lambda/core/integrations/integration.ts';
import { judgeStranger } from '../../../../lambda/core/integrations/judge-answer.ts';
import { denyAll } from '../../../../lambda/core/integrations/plan-probe.ts';
import {
  createProbeIntegration,
  parseProbeTask,
} from '../../../../lambda/core/integrations/probe-integration.ts';
import { type ProbeTask, proberProbes } from '../../../../lambda/core/integrations/verify-ports.ts';
import type { AssumeRoleRequest, Credentials, StsAnswer } from '../../../../lambda/core/ports.ts';
import { anIssuedAnswer, secrets } from '../../../support/an-issuance.ts';
import {
  aVerifiedIntegration,
  integrationsConfiguration,
} from '../../../support/issuing-for-integrations.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';
import { nowMs } from '../../../support/tokens.ts';
import { denied, nextId, rightId } from '../../../support/verifying.ts';

const strangerRoleArn = 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-stranger';

/** The prober among ports that write down their calls. */
function aProbing(
  options: {
    readonly integration?: Integration | undefined;
    readonly findError?: Error;
    readonly answer?: (request: AssumeRoleRequest) => StsAnswer;
  } = {},
) {
  const asked: { readonly request: AssumeRoleRequest; readonly as?: string }[] = [];
  const logger = aRecordingLogger();
  const integration = 'integration' in options ? options.integration : aVerifiedIntegration();
  const probe = createProbeIntegration({
    configuration: integrationsConfiguration,
    store: {
      find: async () => {
        if (options.findError !== undefined) throw options.findError;
        if (integration === undefined) return undefined;
        return {
          integration,
          change: { operation: 'create', at: new Date(nowMs).toISOString(), nonce: 'nonce' },
        };
      },
    },
    sts: {
      assumeRole: async (request, credentials?: Credentials) => {
        asked.push({ request, ...(credentials === undefined ? {} : { as: credentials.accessKeyId }) });
        if (options.answer !== undefined) return options.answer(request);
        const isStranger = request.roleArn === strangerRoleArn;
        return anIssuedAnswer(request, {
          accessKeyId: isStranger ? 'ASIASTRANGER00000000' : 'ASIAPARTNER000000000',
        });
      },
    },
    strangerRoleArn,
    logger,
  });
  return { probe, asked, lines: logger.entries };
}

const issuanceId = '01KDVDPJ000000000000000000';
const task = (probe: ProbeTask['probe'], changes: Partial<ProbeTask> = {}): ProbeTask => ({
  ...{ integration: 'globex', version: aVerifiedIntegration().version, probe, shape: 'real' },
  ...{ which: 'current', issuanceId },
  ...changes,
});
const role = aVerifiedIntegration().roleArn;

describe('a probe without an ExternalId', () => {
  it('asks once by its own role, for a session that is good for nothing', async () => {
    const { probe, asked } = aProbing();

    const answer = await probe(task('no-id', { shape: 'bare' }));

    expect(asked).toEqual([
      {
        request: {
          roleArn: role,
          roleSessionName: 'daypass-probe-no-id-01KDVDPJ000000000000000000',
          durationSeconds: 900,
          sessionPolicy: denyAll,
          sessionTags: {},
          transitiveTagKeys: [],
          managedPolicyArns: [],
        },
      },
    ]);
    expect(answer).toEqual({
      answer: {
        state: 'ISSUED',
        requestId: '11111111-2222-3333-4444-555555555555',
        credentials: { accessKeyId: 'ASIAPARTNER000000000', expiration: new Date(nowMs + 900_000) },
      },
      hops: [],
    });
  });

  it.each<[ProbeTask['shape'], Partial<AssumeRoleRequest>]>([
    ['real', { sourceIdentity: 'daypass.probe', sessionTags: { Broker: 'daypass', Team: 'probe' } }],
    ['without-source-identity', { sessionTags: { Broker: 'daypass', Team: 'probe' } }],
    ['without-session-tags', { sourceIdentity: 'daypass.probe', sessionTags: {} }],
    ['bare', { sessionTags: {} }],
  ])('asks as a real issuance would, or with less: %s', async (shape, expected) => {
    const integration = aVerifiedIntegration({ sessionTags: { Broker: 'daypass', Team: '${claims:team}' } });
    const { probe, asked } = aProbing({ integration });

    await probe(task('no-id', { shape }));

    const [{ request } = { request: undefined }] = asked;
    expect({ sourceIdentity: request?.sourceIdentity, sessionTags: request?.sessionTags }).toEqual({
      ...{ sourceIdentity: undefined, ...expected },
    });
    expect(request).not.toHaveProperty('externalId');
  });

  it('passes a refusal on as it is', async () => {
    expect(await aProbing({ answer: () => denied }).probe(task('no-id'))).toEqual({
      answer: denied,
      hops: [],
    });
  });
});

describe('a probe with the right ExternalId', () => {
  it('asks once by its own role, as a real issuance would, for a session that is good for nothing', async () => {
    const { probe, asked } = aProbing();

    const answer = await probe(task('prober-right-id'));

    expect(asked).toEqual([
      {
        request: {
          ...{ roleArn: role, roleSessionName: `daypass-probe-prober-right-id-${issuanceId}` },
          ...{ durationSeconds: 900, sessionPolicy: denyAll, externalId: rightId },
          ...{ sourceIdentity: 'daypass.probe', sessionTags: { Broker: 'daypass' } },
          ...{ transitiveTagKeys: [], managedPolicyArns: [] },
        },
      },
    ]);
    expect(answer).toMatchObject({ answer: { state: 'ISSUED' }, hops: [] });
  });
});

describe('a probe as a stranger', () => {
  it('lets the session on the way send what a real issuance sends, and no more', async () => {
    const { probe, asked } = aProbing();

    await probe(task('stranger'));

    const [first, second] = asked;
    expect(first?.request).not.toHaveProperty('sourceIdentity');
    expect(JSON.parse(first?.request.sessionPolicy ?? '').Statement[0].Action).toEqual([
      ...['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    ]);
    expect(second?.request).toMatchObject({
      ...{ sourceIdentity: 'daypass.probe', sessionTags: { Broker: 'daypass' }, sessionPolicy: denyAll },
    });
  });

  it('takes a role that may ask for this one role, and asks with the right ExternalId', async () => {
    const { probe, asked } = aProbing();

    const answer = await probe(task('stranger', { shape: 'bare' }));

    const [first, second] = asked;
    expect(first?.request).toMatchObject({ roleArn: strangerRoleArn, durationSeconds: 900, sessionTags: {} });
    expect(first?.request).not.toHaveProperty('externalId');
    expect(JSON.parse(first?.request.sessionPolicy ?? '').Statement[0]).toEqual({
      Effect: 'Allow',
      Action: ['sts:AssumeRole'],
      Resource: role,
    });
    expect(second).toMatchObject({
      as: 'ASIASTRANGER00000000',
      request: { roleArn: role, externalId: rightId, sessionPolicy: denyAll, durationSeconds: 900 },
    });
    expect(second?.request).not.toHaveProperty('sourceIdentity');
    expect(asked).toHaveLength(2);
    expect(answer).toMatchObject({
      answer: { state: 'ISSUED', credentials: { accessKeyId: 'ASIAPARTNER000000000' } },
      hops: [{ roleArn: strangerRoleArn, accessKeyId: 'ASIASTRANGER00000000' }],
    });
  });

  it('asks with the next ExternalId during a rotation', async () => {
    const integration = aVerifiedIntegration({ externalIds: { current: rightId, next: nextId } });
    const { probe, asked } = aProbing({ integration });

    await probe(task('stranger', { which: 'next' }));
    await probe(task('stranger'));

    expect(asked.map(({ request }) => request.externalId)).toEqual([undefined, nextId, undefined, rightId]);
  });

  it('asks nothing with a next ExternalId that there is no longer', async () => {
    const { probe, asked } = aProbing();

    for (const kind of ['prober-right-id', 'stranger'] as const) {
      expect(await probe(task(kind, { which: 'next' }))).toMatchObject({
        answer: { state: 'FAILED', cause: 'unreachable', errorCode: 'NoSuchExternalId' },
      });
    }
    expect(asked).toEqual([]);
  });

  it('asks nothing of another version than the row is about', async () => {
    const { probe, asked } = aProbing();

    for (const kind of proberProbes) {
      const { answer } = await probe(task(kind, { version: aVerifiedIntegration().version + 1 }));
      expect(answer).toMatchObject({ state: 'FAILED', errorCode: 'OtherVersion' });
    }
    expect(asked).toEqual([]);
  });

  it.each<[string, StsAnswer]>([
    ['refused', denied],
    ['lost', { state: 'UNKNOWN', errorCode: 'ECONNRESET', detail: 'lost' }],
    ['throttled', { state: 'FAILED', cause: 'throttled', errorCode: 'Throttling', detail: 'slow down' }],
  ])('says nothing of the integration’s role where the stranger’s own is %s', async (_what, answer) => {
    const { probe, asked } = aProbing({ answer: () => answer });

    const given = await probe(task('stranger'));

    expect(asked).toHaveLength(1);
    // As it was: a session of the stranger's may have been made.
    expect(given).toMatchObject({
      answer: { state: answer.state, detail: expect.stringContaining(strangerRoleArn) },
      hops: [],
    });
    // Taken for a refusal by the role, it would pass a role that trusts everybody.
    expect(judgeStranger(given).seen).toBe('inconclusive');
  });
});

describe('a probe', () => {
  it.each<[string, Integration | undefined]>([
    ['is not there', undefined],
    ['is deleted', aVerifiedIntegration({ state: 'DELETED' })],
    ['is another one', aVerifiedIntegration({ name: 'initech' })],
    ['has a role of the broker’s account', aVerifiedIntegration({ roleArn: strangerRoleArn })],
    [
      'has a role of an account of ours',
      aVerifiedIntegration({ roleArn: 'arn:aws:iam::222222222222:role/Admin' }),
    ],
  ])('asks for nothing where the integration %s', async (_what, integration) => {
    const { probe, asked } = aProbing({ integration });

    for (const kind of proberProbes) {
      const answer = await probe(task(kind));
      expect(answer).toMatchObject({ answer: { state: 'FAILED', cause: 'unreachable' }, hops: [] });
    }
    expect(asked).toEqual([]);
  });

  it('asks for nothing where the integrations cannot be read', async () => {
    const { probe, asked } = aProbing({ findError: new IntegrationsUnavailableError('no') });

    expect(await probe(task('no-id'))).toMatchObject({
      answer: { state: 'FAILED', cause: 'unreachable' },
    });
    expect(asked).toEqual([]);
  });

  it('keeps secrets and ExternalIds out of its answer and its log', async () => {
    for (const kind of proberProbes) {
      const { probe, lines } = aProbing();
      const shown = JSON.stringify([await probe(task(kind)), lines]);

      for (const secret of [...Object.values(secrets), rightId]) expect(shown).not.toContain(secret);
      expect(lines).toHaveLength(1);
    }
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a name alone', { integration: 'globex' }],
    ['another probe', { ...task('no-id'), probe: 'right-id' }],
    ['an ExternalId', { ...task('no-id'), externalId: rightId }],
    ['a role', { ...task('stranger'), roleArn: role }],
    ['a source identity', { ...task('no-id'), sourceIdentity: 'okta.alice' }],
    ['no name', { ...task('no-id'), integration: 'external-id#0' }],
    ['a name in another case', { ...task('no-id'), integration: 'Globex' }],
    ['a shape that is none', { ...task('no-id'), shape: { sessionTags: {} } }],
    ['an id that is none', { ...task('stranger'), which: 'previous' }],
    ['a row that is none', { ...task('no-id'), issuanceId: 'okta.alice' }],
    ['a row and more', { ...task('no-id'), issuanceId: `${issuanceId}-x` }],
    ['no row', { integration: 'globex', probe: 'no-id', shape: 'real', which: 'current' }],
    ['a list', [task('no-id')]],
  ])('is no event that is %s', (_what, event) => {
    expect(() => parseProbeTask(event)).toThrow('the event is no probe');
  });
});

describe('hideExternalIds', () => {
  it('takes the ExternalId out of what STS says', async () => {
    const detail = `Value '${rightId}' at 'externalId' failed to satisfy constraint`;
    const sts = hideExternalIds({ assumeRole: async () => ({ ...denied, detail }) });
    const request = { roleArn: role, roleSessionName: 'x', durationSeconds: 900, managedPolicyArns: [] };

    const answer = await sts.assumeRole({
      ...{ ...request, externalId: rightId, sessionTags: {}, transitiveTagKeys: [] },
    });

    expect(answer).toEqual({
      ...denied,
      detail: "Value '(ExternalId)' at 'externalId' failed to satisfy constraint",
    });
  });
});
