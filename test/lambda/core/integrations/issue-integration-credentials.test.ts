import { describe, expect, it } from '@jest/globals';
import {
  AuditUnavailableError,
  BrokerError,
  IntegrationsUnavailableError,
} from '../../../../lambda/core/errors.ts';
import type { Integration } from '../../../../lambda/core/integrations/integration.ts';
import type { IssueIntegrationCredentialsRequest } from '../../../../lambda/core/integrations/issue-integration-credentials.ts';
import { anOrigin, aPrincipal } from '../../../support/a-principal.ts';
import { anIntegrationIssuing, aVerifiedIntegration } from '../../../support/issuing-for-integrations.ts';
import { thumbprintOf } from '../../../support/managing-integrations.ts';
import { aSigningKey, type SigningKey } from '../../../support/tokens.ts';
import { denied, nextId, previousId, rightId } from '../../../support/verifying.ts';

type Issuing = ReturnType<typeof anIntegrationIssuing>;

const ask = (
  { issueCredentials }: Issuing,
  request: Partial<IssueIntegrationCredentialsRequest> = {},
  principal = aPrincipal(),
) => issueCredentials(principal, { integration: 'globex', ...request }, anOrigin());

async function refusalOf(asked: Promise<unknown>): Promise<BrokerError> {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof BrokerError) return error;
  throw new Error(`was not refused by the broker: ${error}`);
}

describe('issuing for an integration', () => {
  it('asks for its role with its current ExternalId, and the row names the integration', async () => {
    const issuing = anIntegrationIssuing();

    const { intent, answer } = await ask(issuing);

    expect(issuing.steps()).toEqual(['found', 'intent', 'request', 'outcome']);
    expect(issuing.requests()).toEqual([
      {
        roleArn: 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight',
        roleSessionName: intent.roleSessionName,
        externalId: rightId,
        durationSeconds: 900,
        sourceIdentity: 'okta.alice@example.com',
        sessionTags: { Broker: 'daypass' },
        transitiveTagKeys: [],
        managedPolicyArns: [],
      },
    ]);
    expect(answer.credentials.accessKeyId).toBe('ASIAIOSFODNN7EXAMPLE');
    expect(intent).toMatchObject({
      integration: 'globex',
      mechanism: 'assume-role',
      roleArns: ['arn:aws:iam::777777777777:role/partners/DaypassDoesItRight'],
      statement: 'Okta',
    });
    expect(intent).not.toHaveProperty('profile');
  });

  it('writes the ExternalId into no row', async () => {
    const issuing = anIntegrationIssuing();
    await ask(issuing);

    const rows = issuing.calls.filter((call) => !('request' in call));
    expect(JSON.stringify(rows)).not.toContain(rightId);
    expect(JSON.stringify(issuing.requests())).toContain(rightId);
  });

  it('gives the third party nothing by a key that was taken away since it signed in', async () => {
    const [old, young] = [await aSigningKey('old'), await aSigningKey('young')];
    const integration = aVerifiedIntegration({
      trust: [{ Effect: 'Allow', Principal: { Federated: 'globex' } }],
      jwks: { keys: [young.publicJwk] },
    });
    const signedBy = (key: SigningKey) =>
      aPrincipal({
        ...{ issuer: 'globex', subject: 'globex' },
        integration: { keyThumbprint: thumbprintOf(key) },
      });
    const issuing = anIntegrationIssuing([integration]);

    await expect(ask(issuing, {}, signedBy(young))).resolves.toBeDefined();
    const refusal = await refusalOf(ask(issuing, {}, signedBy(old)));

    expect(refusal.detail).toContain('none of the integration any more');
    expect(issuing.requests()).toHaveLength(1);
  });

  it.each<[string, Integration['externalIds']]>([
    ['before the next one is proven', { current: rightId, next: nextId }],
    [
      'in the grace period of the one before',
      { current: rightId, previous: [{ value: previousId, acceptedUntil: '2999-01-01T00:00:00.000Z' }] },
    ],
  ])('asks with the current ExternalId %s', async (_when, externalIds) => {
    const issuing = anIntegrationIssuing([aVerifiedIntegration({ externalIds })]);
    await ask(issuing);

    expect(issuing.requests().map(({ externalId }) => externalId)).toEqual([rightId]);
  });

  it('gives a link to the console as well', async () => {
    const issuing = anIntegrationIssuing();

    await ask(issuing, { purpose: 'console' });

    expect(issuing.intents()).toMatchObject([{ integration: 'globex', purpose: 'console' }]);
  });

  it('keeps the integration’s limits', async () => {
    const issuing = anIntegrationIssuing();

    expect((await refusalOf(ask(issuing, { durationSeconds: 901 }))).code).toBe('duration-out-of-range');
    expect((await refusalOf(ask(issuing, { sessionTags: { Team: 'x' } }))).code).toBe(
      'session-tag-not-accepted',
    );
    expect(issuing.steps()).toEqual(['found', 'found']);
  });
});

const others: readonly (readonly [string, readonly Integration[], string])[] = [
  ['is not there', [], 'no such integration'],
  ['is deleted', [aVerifiedIntegration({ state: 'DELETED' })], 'the integration is deleted'],
  [
    'trusts others',
    [aVerifiedIntegration({ trust: [{ Effect: 'Allow', Principal: { Federated: 'ci' } }] })],
    'no statement of the profile allows this principal',
  ],
  ['trusts nobody', [aVerifiedIntegration({ trust: [] })], 'the configuration no longer takes'],
  [
    'denies this one',
    [
      aVerifiedIntegration({
        trust: [
          { Effect: 'Allow', Principal: { Federated: 'okta' } },
          { Effect: 'Deny', Principal: '*' },
        ],
      }),
    ],
    'a statement of the profile denies this principal',
  ],
  [
    'trusts others and is suspended',
    [
      aVerifiedIntegration({
        state: 'SUSPENDED',
        trust: [{ Effect: 'Allow', Principal: { Federated: 'ci' } }],
        suspension: { at: '2026-01-01T00:00:00.000Z', by: 'daypass', reason: 'a secret of theirs' },
      }),
    ],
    'no statement of the profile allows this principal',
  ],
  [
    'has a role of the broker’s own account by now',
    [
      aVerifiedIntegration({
        roleArn: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
      }),
    ],
    'the configuration no longer takes the integration: roleArn',
  ],
  [
    'has a role of an account of ours by now',
    [aVerifiedIntegration({ roleArn: 'arn:aws:iam::222222222222:role/Admin' })],
    'the configuration no longer takes the integration: roleArn',
  ],
  [
    'trusts an issuer that the configuration has no more',
    [aVerifiedIntegration({ trust: [{ Effect: 'Allow', Principal: { Federated: ['okta', 'gone'] } }] })],
    'the configuration no longer takes the integration: trust',
  ],
  [
    'needs a claim that the principal lacks',
    [aVerifiedIntegration({ sessionTags: { Team: '${claims:team}' } })],
    'the principal has no claims:team',
  ],
];

describe('an integration that the caller may not have', () => {
  it.each(others)(
    'reads as every other where it %s, and only the row says why',
    async (_what, those, why) => {
      const issuing = anIntegrationIssuing(those);

      const error = await refusalOf(ask(issuing));

      expect({ code: error.code, status: error.status, message: error.message, ...error.extensions }).toEqual(
        {
          code: 'access-denied',
          status: 403,
          message:
            'no integration globex that you may use, and platform-team@example.com can say more about this issuance',
          issuanceId: '01KDVDPJ000000000000000000',
          owner: 'platform-team@example.com',
          requestAccessUrl: 'https://wiki.example.com/daypass',
        },
      );
      expect(issuing.steps()).toEqual(['found', 'denial']);
      expect(issuing.denials()[0]?.detail).toContain(why);
      expect(issuing.denials()[0]?.integration).toBe('globex');
    },
  );

  it('is not even looked for by what is no name', async () => {
    const issuing = anIntegrationIssuing();

    for (const integration of ['self', 'GLOBEX', '../globex', 'external-id#00', '', 'daypass'])
      expect((await refusalOf(ask(issuing, { integration }))).code).toBe('access-denied');
    expect(issuing.steps().filter((step) => step !== 'denial')).toEqual([]);
  });
});

describe('an integration that the caller may have', () => {
  it.each(['CREATED', 'FAILED'] as const)('gives nothing while it is %s, and says so', async (state) => {
    const issuing = anIntegrationIssuing([aVerifiedIntegration({ state })]);

    const error = await refusalOf(ask(issuing));

    expect([error.code, error.status]).toEqual(['integration-not-verified', 403]);
    expect(error.extensions).toEqual({
      issuanceId: '01KDVDPJ000000000000000000',
      owner: 'partners@example.com',
    });
    expect(issuing.steps()).toEqual(['found', 'denial']);
    expect(issuing.denials()).toMatchObject([{ integration: 'globex', statement: 'Okta' }]);
  });

  it('says why it is suspended, and not by whom', async () => {
    const suspension = { at: '2026-01-01T00:00:00.000Z', by: 'okta.mallory', reason: 'their key was lost' };
    const issuing = anIntegrationIssuing([aVerifiedIntegration({ state: 'SUSPENDED', suspension })]);

    const error = await refusalOf(ask(issuing));

    expect([error.code, error.status]).toEqual(['integration-suspended', 403]);
    expect(error.message).toContain('their key was lost');
    expect(error.extensions).toMatchObject({
      suspension: { at: '2026-01-01T00:00:00.000Z', reason: 'their key was lost' },
    });
    expect(JSON.stringify(error.extensions) + error.message).not.toContain('mallory');
    expect(issuing.steps()).toEqual(['found', 'denial']);
  });

  it.each(['CREATED', 'VERIFIED', 'FAILED', 'SUSPENDED', 'DELETED'] as const)(
    'shows its ExternalId to no caller where it is %s',
    async (state) => {
      const issuing = anIntegrationIssuing([aVerifiedIntegration({ state })], { answer: () => denied });

      const error = await refusalOf(ask(issuing));

      expect(JSON.stringify([error, error.message, error.extensions])).not.toContain(rightId);
      expect(JSON.stringify(issuing.denials())).not.toContain(rightId);
    },
  );
});

describe('what is in the way of issuing for an integration', () => {
  it('is a store that cannot be read: never the same as none', async () => {
    const findError = new IntegrationsUnavailableError('the integrations cannot be read');
    const issuing = anIntegrationIssuing([], { findError });

    await expect(ask(issuing)).rejects.toBe(findError);
    expect(issuing.steps()).toEqual(['found']);
  });

  it('is a store that answers with another integration', async () => {
    const issuing = anIntegrationIssuing([], { answersWith: aVerifiedIntegration({ name: 'initech' }) });

    await expect(ask(issuing)).rejects.toThrow(TypeError);
    expect(issuing.steps()).toEqual(['found']);
  });

  it('is an audit that cannot be written: STS is not asked', async () => {
    const issuing = anIntegrationIssuing(undefined, { intentError: new AuditUnavailableError('no') });

    await expect(ask(issuing)).rejects.toThrow(AuditUnavailableError);
    expect(issuing.requests()).toEqual([]);
  });

  it('is a proof that had its one effect', async () => {
    const issuing = anIntegrationIssuing();
    const principal = aPrincipal({ proofId: 'p'.repeat(43) });
    await ask(issuing, {}, principal);

    expect((await refusalOf(ask(issuing, {}, principal))).code).toBe('proof-already-used');
    expect(issuing.requests()).toHaveLength(1);
    expect(issuing.denials()).toMatchObject([{ integration: 'globex' }]);
  });

  it('is STS: a refusal is told as one, and the row has its words', async () => {
    const issuing = anIntegrationIssuing(undefined, { answer: () => denied });

    expect((await refusalOf(ask(issuing))).code).toBe('refused-by-sts');
    expect(issuing.steps()).toEqual(['found', 'intent', 'request', 'outcome']);
  });
});
