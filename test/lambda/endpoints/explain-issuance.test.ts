import { describe, expect, it } from '@jest/globals';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { createExplainIssuance } from '../../../lambda/core/explain-issuance.ts';
import { createExplainEndpoint } from '../../../lambda/endpoints/explain-issuance.ts';
import { explainAnswer } from '../../../lambda/http/credential-schemas.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIssuing, issuingConfiguration } from '../../support/issuing.ts';
import { nowMs } from '../../support/tokens.ts';

const endpoint = createExplainEndpoint(
  createExplainIssuance({ configuration: issuingConfiguration, now: () => nowMs }),
  issuingConfiguration,
);

async function post(profile: string, body: Readonly<Record<string, unknown>> = {}, principal = aPrincipal()) {
  try {
    const answer = await endpoint({
      principal,
      origin: anOrigin(),
      pathParameters: { profile },
      query: {},
      body,
    });
    return { status: answer.status, body: explainAnswer.parse(answer.body) };
  } catch (error) {
    if (error instanceof BrokerError) return { error };
    throw error;
  }
}

describe('POST explain', () => {
  it('says what credentials would be, each hop and both sizes', async () => {
    expect(await post('tagged', { sessionTags: { Ticket: 'INC-1' }, durationSeconds: 1200 })).toEqual({
      status: 200,
      body: {
        effect: 'Allow',
        profile: 'tagged',
        mechanism: 'assume-role',
        enforcement: 'enforced',
        statement: 'trust[0]',
        roleArns: ['arn:aws:iam::222222222222:role/daypass/ReadOnly'],
        duration: { seconds: 1200, setBy: 'request', maximumSeconds: 3600, maximumSetBy: 'role-chaining' },
        sessionTags: { Broker: 'daypass', Ticket: 'INC-1' },
        transitiveTagKeys: [],
        sourceIdentity: 'okta.alice@example.com',
        managedPolicyArns: [],
        policySize: { characters: 0, maximumCharacters: 2048, estimatedPackedPercent: 7 },
      },
    });
    expect((await post('chained')).body).toMatchObject({
      roleArns: [
        'arn:aws:iam::222222222222:role/Gateway',
        'arn:aws:iam::333333333333:role/Relay',
        'arn:aws:iam::444444444444:role/Warehouse',
      ],
    });
  });

  it('answers in the words of the denial, but for the issuance that there is none of', async () => {
    const refused = await anIssuing()
      .issueCredentials(aPrincipal(), { profile: 'forbidden' }, anOrigin())
      .catch((error: unknown) => error);

    const { status, body } = await post('forbidden');

    if (!(refused instanceof BrokerError) || body?.effect !== 'Deny') throw new Error('it is allowed');
    expect(status).toBe(200);
    expect({
      code: body.code,
      message: body.message,
      owner: body.owner,
      requestAccessUrl: body.requestAccessUrl,
    }).toEqual({
      code: refused.code,
      message: refused.message.replace(/ about this issuance$/, ''),
      owner: refused.extensions['owner'],
      requestAccessUrl: refused.extensions['requestAccessUrl'],
    });
  });

  it('reads alike for unknown, forbidden, denied and mismatched profiles', async () => {
    const shown = await Promise.all(
      ['nowhere', 'forbidden', 'denied', 'mismatched'].map(async (profile) =>
        JSON.stringify((await post(profile)).body).replaceAll(
          new RegExp(`(?<!access-)${profile}`, 'g'),
          '<profile>',
        ),
      ),
    );

    expect(new Set(shown).size).toBe(1);
    expect(shown[0]).not.toMatch(/secret-owners|NotAlice|trust|detail/);
  });

  it('takes the body of credentials, and refuses what that refuses', async () => {
    const codes = await Promise.all([
      post('reasoned'),
      post('tagged', { durationSeconds: 899 }),
      post('tagged', { sessionTags: { Other: 'x' } }),
      post('tagged', {
        sessionPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
      }),
      post('tagged', { sessionPolicy: {} }),
      post('tagged', { format: 'sts' }),
      post('No-Such_Name'),
    ]);

    expect(codes.map(({ error }) => error?.code)).toEqual([
      'reason-required',
      'duration-out-of-range',
      'session-tag-not-accepted',
      'session-policy-not-accepted',
      'invalid-request',
      'invalid-request',
      'invalid-request',
    ]);
  });

  it('leaves a proof that may have one effect as it was: it knows no register', async () => {
    const principal = aPrincipal({ issuer: 'acme', subject: 'acme', proofId: 'p'.repeat(43) });

    const both = [await post('shared', {}, principal), await post('shared', {}, principal)];

    expect(both.map(({ body }) => body?.effect)).toEqual(['Allow', 'Allow']);
  });
});
