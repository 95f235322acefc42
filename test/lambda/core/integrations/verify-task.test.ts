import { describe, expect, it } from '@jest/globals';
import { AuditUnavailableError, IntegrationsUnavailableError } from '../../../../lambda/core/errors.ts';
import { createAnswerVerifyTask } from '../../../../lambda/core/integrations/answer-verify-task.ts';
import type { Integration, Verification } from '../../../../lambda/core/integrations/integration.ts';
import { isVerifyTask, toVerifyTask } from '../../../../lambda/core/integrations/verify-task.ts';
import { aPrincipal } from '../../../support/a-principal.ts';
import { anEvent, anIamEvent } from '../../../support/an-event.ts';
import {
  aVerifiedIntegration,
  integrationsConfiguration,
} from '../../../support/issuing-for-integrations.ts';
import { aRecordingLogger } from '../../../support/recording-logger.ts';
import { nowMs } from '../../../support/tokens.ts';
import { anAuthority } from '../../../support/verifying.ts';

/** As another function receives it. */
const overTheWire = (value: unknown): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(value));
const task = toVerifyTask('globex', anAuthority);

describe('a verify task', () => {
  it('is told by its shape, as it comes over the wire', () => {
    expect(isVerifyTask(overTheWire(task))).toBe(true);
  });

  it('is made for a caller whom AWS proved, without the key and the proof of its request', () => {
    const principal = aPrincipal({
      issuer: 'aws',
      proofId: 'p'.repeat(43),
      aws: { accountId: '222222222222', accessKeyId: 'ASIAIOSFODNN7EXAMPLE', guardedProfile: 'x' },
    });
    const made = toVerifyTask('globex', { ...anAuthority, principal });

    expect(isVerifyTask(overTheWire(made))).toBe(true);
    expect(made.authority.principal.aws).toEqual({ accountId: '222222222222' });
    expect(made.authority.principal).not.toHaveProperty('proofId');
  });

  const { authority } = task;
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'verify'],
    ['a list of one', [task]],
    ['another task', { ...task, task: 'verify-integrations' }],
    ['one with a role', { ...task, roleArn: 'arn:aws:iam::666666666666:role/X' }],
    ['one with an ExternalId', { ...task, externalId: 'daypass-00' }],
    ['one in an event of the API', { ...anEvent('issueIntegrationCredentials'), ...task }],
    ['one without a name', { ...task, integration: '' }],
    ['one of a name in another case', { ...task, integration: 'Globex' }],
    ['one of an ExternalId’s item', { ...task, integration: 'external-id#00' }],
    ['one without authority', { task: 'verify', integration: 'globex' }],
    ['one of nobody', { ...task, authority: { ...authority, principal: {} } }],
    ['one without a statement', { ...task, authority: { ...authority, statement: '' } }],
    ['one from nowhere', { ...task, authority: { ...authority, origin: {} } }],
    ['one with more authority', { ...task, authority: { ...authority, isAdmin: true } }],
    ['an event of the API', anEvent('issueIntegrationCredentials')],
    ['a signed event of the API', anIamEvent('issueIntegrationCredentials')],
  ])('is not %s', (_what, event) => {
    expect(isVerifyTask(event)).toBe(false);
  });
});

const verification: Verification = {
  ...{ at: new Date(nowMs).toISOString(), version: 1, issuanceIds: [], result: 'PASSED', proved: 'current' },
  ...{ probes: [], findings: [] },
};

function anAnswering(
  integration: Integration | undefined,
  { verifyError, findError }: { readonly verifyError?: Error; readonly findError?: Error } = {},
) {
  const verified: unknown[] = [];
  const logger = aRecordingLogger();
  const answer = createAnswerVerifyTask({
    configuration: integrationsConfiguration,
    store: {
      find: async () => {
        if (findError !== undefined) throw findError;
        if (integration === undefined) return undefined;
        return {
          integration,
          change: { operation: 'create', at: new Date(nowMs).toISOString(), nonce: 'nonce' },
        };
      },
    },
    verifyIntegration: async (...asked) => {
      verified.push(asked);
      if (verifyError !== undefined) throw verifyError;
      return verification;
    },
    logger,
  });
  return { answer: () => answer(task), verified };
}

describe('the answer to a verify task', () => {
  it.each(['CREATED', 'VERIFIED', 'FAILED', 'SUSPENDED'] as const)(
    'is what was seen, of one %s',
    async (state) => {
      const integration = aVerifiedIntegration({ state });
      const { answer, verified } = anAnswering(integration);

      expect(await answer()).toEqual({ verification });
      expect(verified).toEqual([[integration, task.authority]]);
    },
  );

  it.each<[string, Integration | undefined, string]>([
    ['is not there', undefined, 'integration-not-found'],
    ['is deleted', aVerifiedIntegration({ state: 'DELETED' }), 'integration-not-found'],
    [
      'has a role of our own by now',
      aVerifiedIntegration({
        roleArn: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
      }),
      'integration-state-conflict',
    ],
  ])('is an error where the integration %s, and no role is asked for', async (_what, integration, code) => {
    const { answer, verified } = anAnswering(integration);

    expect(await answer()).toEqual({ error: expect.objectContaining({ code }) });
    expect(verified).toEqual([]);
  });

  it('is an error where the audit cannot be written, without its private detail', async () => {
    const verifyError = new AuditUnavailableError('no audit', { detail: 'private', retryAfterSeconds: 5 });
    const { answer } = anAnswering(aVerifiedIntegration(), { verifyError });

    expect(await answer()).toEqual({
      error: { code: 'audit-unavailable', message: 'no audit', retryAfterSeconds: 5 },
    });
  });

  it('is an error where the integrations cannot be read', async () => {
    const { answer } = anAnswering(undefined, { findError: new IntegrationsUnavailableError('unreadable') });

    expect(await answer()).toEqual({ error: { code: 'integrations-unavailable', message: 'unreadable' } });
  });

  it('is none where the store answers with another integration, whose role is not asked for', async () => {
    const { answer, verified } = anAnswering(aVerifiedIntegration({ name: 'initech' }));

    await expect(answer()).rejects.toThrow(TypeError);
    expect(verified).toEqual([]);
  });

  it('is none where the function has a defect', async () => {
    const { answer } = anAnswering(aVerifiedIntegration(), { verifyError: new TypeError('defect') });

    await expect(answer()).rejects.toThrow('defect');
  });
});
