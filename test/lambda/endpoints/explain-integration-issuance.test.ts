import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { createExplainIntegrationIssuance } from '../../../lambda/core/integrations/explain-integration-issuance.ts';
import type { Integration } from '../../../lambda/core/integrations/integration.ts';
import { createExplainIntegrationEndpoint } from '../../../lambda/endpoints/explain-integration-issuance.ts';
import { explainIntegrationAnswer } from '../../../lambda/http/credential-schemas.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import {
  anIntegrationIssuing,
  aVerifiedIntegration,
  integrationsConfiguration,
} from '../../support/issuing-for-integrations.ts';
import { nowMs } from '../../support/tokens.ts';
import { rightId } from '../../support/verifying.ts';

const manager = aPrincipal();
const outsider = aPrincipal({ issuer: 'ci', subject: 'repo:example/shop' });

async function post(
  body: Readonly<Record<string, unknown>> = {},
  {
    principal = manager,
    id = 'globex',
    ...changes
  }: Partial<Integration> & { readonly principal?: typeof manager; readonly id?: string } = {},
) {
  const integration = aVerifiedIntegration(changes);
  const endpoint = createExplainIntegrationEndpoint(
    createExplainIntegrationIssuance({
      configuration: integrationsConfiguration,
      store: {
        find: async (name) =>
          name === 'globex'
            ? { integration, change: { operation: 'create', at: new Date(nowMs).toISOString(), nonce: '' } }
            : undefined,
      },
      now: () => nowMs,
    }),
    integrationsConfiguration,
  );
  const request = { principal, origin: anOrigin(), pathParameters: { id }, query: {}, body };
  const answer = await endpoint(request).catch((error: unknown) => {
    if (error instanceof BrokerError) return error;
    throw error;
  });
  if (answer instanceof BrokerError) return { error: answer };
  expect(answer.status).toBe(200);
  return { body: explainIntegrationAnswer.parse(answer.body) };
}

const ofOthers = { trust: [{ Effect: 'Allow', Principal: { Federated: 'ci' } }] };

describe('POST /v1/integrations/{id}/explain', () => {
  it('says what credentials would be, and no ExternalId', async () => {
    const { body } = await post({ durationSeconds: 900 });

    expect(body).toEqual({
      effect: 'Allow',
      integration: 'globex',
      mechanism: 'assume-role',
      enforcement: 'enforced',
      statement: 'Okta',
      roleArns: ['arn:aws:iam::777777777777:role/partners/DaypassDoesItRight'],
      duration: { seconds: 900, setBy: 'request', maximumSeconds: 900, maximumSetBy: 'settings' },
      sessionTags: { Broker: 'daypass' },
      transitiveTagKeys: [],
      sourceIdentity: 'okta.alice@example.com',
      managedPolicyArns: [],
      policySize: { characters: 0, maximumCharacters: 2048, estimatedPackedPercent: 4 },
    });
    expect(JSON.stringify(body)).not.toContain(rightId);
  });

  it.each<[string, Partial<Integration>]>([
    ['not verified', { state: 'CREATED' }],
    ['failed', { state: 'FAILED' }],
    [
      'suspended',
      {
        state: 'SUSPENDED',
        suspension: { at: '2026-01-01T00:00:00.000Z', by: 'okta.bob', reason: 'a leak' },
      },
    ],
    ['deleted', { state: 'DELETED' }],
    ['for others', ofOthers],
  ])('answers in the words of the refusal where it is %s', async (_what, changes) => {
    const refused = await anIntegrationIssuing([aVerifiedIntegration(changes)])
      .issueCredentials(manager, { integration: 'globex' }, anOrigin())
      .catch((error: unknown) => error);

    const { body } = await post({}, changes);

    if (!(refused instanceof BrokerError) || body?.effect !== 'Deny') throw new Error('it is allowed');
    const { issuanceId: _none, ...extensions } = refused.extensions;
    expect(body).toMatchObject({
      code: refused.code,
      message: refused.message.replace(/, and (.*) can say more about this issuance$/, '; $1 can say more'),
      ...extensions,
    });
  });

  it('tells a suspended third party that it is, and why, as issuing does', async () => {
    const integration = { keyThumbprint: 'x'.repeat(43), suspension: { reason: 'a leak' } };
    const suspended = aPrincipal({ issuer: 'globex', subject: 'globex', integration });

    for (const id of ['globex', 'nobody']) {
      const { body } = await post({}, { principal: suspended, id });
      expect(body).toMatchObject({ effect: 'Deny', code: 'integration-suspended' });
      expect(body).toMatchObject({ suspension: { reason: 'a leak' } });
    }
  });

  it('reads alike for those whom it does not trust, whatever its state and whether there is one', async () => {
    const shown = await Promise.all([
      post({}, { principal: outsider }),
      post({}, { principal: outsider, state: 'CREATED' }),
      post({}, { principal: outsider, state: 'SUSPENDED' }),
      post({}, { principal: outsider, state: 'DELETED' }),
      post({}, { principal: outsider, id: 'nobody' }),
    ]);

    const texts = shown.map(({ body }) => JSON.stringify(body).replaceAll('nobody', 'globex'));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toMatch(/detail|nearestMiss|partners@example.com/);
  });

  it('tells a manager which statement came nearest', async () => {
    const { body } = await post({}, ofOthers);

    expect(body).toMatchObject({
      effect: 'Deny',
      code: 'access-denied',
      detail: 'no statement of the profile allows this principal',
      nearestMiss: { statement: 'trust[0]', failed: ['Principal'] },
    });
  });

  it('refuses what issuing would refuse, and speaks of the integration', async () => {
    const answers = await Promise.all([
      post({ durationSeconds: 3600 }),
      post({ sessionTags: { a: 'b' } }),
      post({
        sessionPolicy: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
        },
      }),
      post({ externalId: rightId }),
    ]);

    expect(answers.map(({ error }) => error?.code)).toEqual([
      'duration-out-of-range',
      'session-tag-not-accepted',
      'session-policy-not-accepted',
      'invalid-request',
    ]);
    for (const { error } of answers.slice(0, 3)) expect(error?.message).toContain('integration globex');
  });
});
