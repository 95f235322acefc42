import { describe, expect, it } from '@jest/globals';
import { aConfiguration, aProfileDocument } from '../../../support/a-configuration.ts';
import { outcomes } from '../../../support/an-issuance.ts';
import { aPolicy, aReconciling, aRow, withRow } from '../../../support/reconciling.ts';
import { aTrailRecord, brokerAccount } from '../../../support/trail-records.ts';

const passedThrough = { enforcement: 'recorded' } as const;
const key = 'ASIAIOSFODNN7EXAMPLE';

describe('calls that the broker does not sign', () => {
  const principalArn = 'arn:aws:iam::222222222222:saml-provider/Corp';
  const roleArn = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
  const configuration = aConfiguration({
    issuers: {
      okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
      iam: { type: 'iam', accounts: [brokerAccount] },
    },
    sessionTokens: {
      duration: { maxSeconds: 3600 },
      trust: [{ Effect: 'Allow', Principal: { Federated: 'iam' } }],
    },
  });

  it('of a web identity are in the account of the role, found by the name', async () => {
    const row = aRow({ mechanism: 'web-identity' });
    const { reconcile, tracked, memory } = withRow(row, { trailAccounts: ['222222222222'] });

    await reconcile(
      aTrailRecord({
        eventName: 'AssumeRoleWithWebIdentity',
        userIdentity: {
          type: 'WebIdentityUser',
          principalId: 'x',
          userName: 'x',
          identityProvider: 'broker.example.com',
        },
        requestParameters: {
          roleArn,
          roleSessionName: row.roleSessionName,
          durationSeconds: 900,
          policy: aPolicy,
        },
        requestId: row.stsRequestId ?? '',
        accessKeyId: key,
        recipientAccountId: '222222222222',
      }),
    );

    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it.each([
    ['of its own provider', 'broker.example.com/v1', {}, 'joined'],
    ['of any other', 'token.actions.githubusercontent.com', {}, 'unaudited'],
    [
      "of any, where the token was the caller's",
      'token.actions.githubusercontent.com',
      passedThrough,
      'joined',
    ],
  ])('of a web identity, without ids, are a session %s', async (_what, provider, changes, outcome) => {
    const row = aRow({ mechanism: 'web-identity', ...changes }, outcomes.UNKNOWN);
    const { reconcile } = withRow(row, { url: 'https://broker.example.com/v1' });

    const record = aTrailRecord({
      eventName: 'AssumeRoleWithWebIdentity',
      userIdentity: {
        ...{ type: 'WebIdentityUser', principalId: 'x', userName: 'x' },
        identityProvider: `arn:aws:iam::222222222222:oidc-provider/${provider}`,
      },
      requestParameters: { roleArn, roleSessionName: row.roleSessionName },
      accessKeyId: key,
      recipientAccountId: '222222222222',
    });

    expect((await reconcile(record)).outcome).toBe(outcome);
  });

  it('of SAML are found by the key that was given, on a role that a profile names', async () => {
    const profiles = {
      saml: aProfileDocument({
        mechanism: 'saml',
        principalArn,
        trust: [{ Effect: 'Allow', Principal: { Federated: 'corp' } }],
      }),
    };
    const { roleSessionName, ...unnamed } = aRow({ mechanism: 'saml', enforcement: 'recorded' });
    const row = { ...unnamed, roleSessionName: 'alice@example.com' };
    const toRecord = (accessKeyId: string) =>
      aTrailRecord({
        eventName: 'AssumeRoleWithSAML',
        userIdentity: { type: 'SAMLUser', principalId: 'q:alice', userName: 'alice', identityProvider: 'q' },
        requestParameters: {
          roleArn,
          principalArn,
          roleSessionName: 'alice@example.com',
          durationSeconds: 900,
          policy: aPolicy,
        },
        requestId: row.stsRequestId ?? '',
        accessKeyId,
        recipientAccountId: '222222222222',
      });
    const { reconcile, tracked, memory } = withRow(row, {
      trailAccounts: ['222222222222'],
      configuration: { ...configuration, profiles: samlProfiles(profiles) },
    });

    expect((await reconcile(toRecord('ASIAOFANOTHERLOGIN00'))).outcome).toBe('foreign');
    expect((await reconcile(toRecord(key))).outcome).toBe('joined');
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect(memory.listFindings()).toEqual([]);
  });

  it("of a caller's own key are in its account, found by the key that was given", async () => {
    const { sourceIdentity, roleSessionName, ...bare } = aRow({
      ...{ mechanism: 'session-token', roleArns: [], callerAccessKeyId: 'AKIACALLER' },
      ...{ principal: { issuer: 'iam', subject: `arn:aws:iam::${brokerAccount}:user/alice` } },
    });
    const record = aTrailRecord({
      eventName: 'GetSessionToken',
      userIdentity: {
        type: 'IAMUser',
        arn: bare.principal.subject,
        accountId: brokerAccount,
        accessKeyId: 'AKIACALLER',
      },
      requestParameters: { durationSeconds: 900 },
      requestId: bare.stsRequestId ?? '',
      accessKeyId: key,
    });
    const { reconcile, tracked, memory } = withRow(bare, { configuration });

    expect((await reconcile(record)).outcome).toBe('joined');
    expect(tracked()).toMatchObject({ match: 'MATCHED', isOpen: false });
    expect((await aReconciling({ configuration }).reconcile(record)).outcome).toBe('foreign');
    expect((await aReconciling().reconcile(record)).outcome).toBe('foreign');
    expect(memory.listFindings()).toEqual([]);
  });
});

/** As the configuration compiles them; an issuer of assertions would need a certificate. */
function samlProfiles(documents: Readonly<Record<string, ReturnType<typeof aProfileDocument>>>) {
  const [profile] = aConfiguration().profiles.values();
  if (profile?.mechanism !== 'assume-role') throw new TypeError('the configuration has lost its profile');
  const { via, ...common } = profile;
  return new Map(
    Object.keys(documents).map((name) => [
      name,
      {
        ...common,
        name,
        mechanism: 'saml' as const,
        principalArn: 'arn:aws:iam::222222222222:saml-provider/Corp',
      },
    ]),
  );
}
