import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { idpEntityId, type SamlResponseFields } from '../../../support/saml-response.ts';
import { signSaml } from '../../../support/saml-signing.ts';
import { away, outcome } from '../an-embedded-aws.ts';

import {
  at,
  attempt,
  attribute,
  aws,
  denied,
  encode,
  expired,
  foreign,
  forRole,
  invalid,
  key,
  nameQualifier,
  pair,
  providerArn,
  regional,
  response,
  roleArn,
  send,
  signIn,
} from './saml-world.ts';

describe('AssumeRoleWithSAML', () => {
  it('gives a session of the role, named, tagged and identified as the assertion says', async () => {
    const xml = response(
      'Plain',
      {},
      {
        [attribute('PrincipalTag:Team')]: ['web'],
        [attribute('TransitiveTagKeys')]: ['Team'],
        [attribute('SourceIdentity')]: ['alice'],
      },
    );
    const answer = await send(encode(signSaml(xml, key)), { DurationSeconds: 43_200 });

    expect(answer).toMatchObject({
      Subject: 'alice@example.com',
      SubjectType: 'persistent',
      Issuer: idpEntityId,
      Audience: signIn,
      NameQualifier: nameQualifier,
      SourceIdentity: 'alice',
      AssumedRoleUser: { Arn: `arn:aws:sts::${away}:assumed-role/Plain/alice@example.com` },
    });
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    const {
      AccessKeyId = '',
      SecretAccessKey = '',
      SessionToken = '',
      Expiration,
    } = answer.Credentials ?? {};
    expect((Expiration?.getTime() ?? 0) - Date.now()).toBeGreaterThan(43_190_000);
    const session = aws.sts({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    });
    expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(answer.AssumedRoleUser?.Arn);
  });

  it.each<readonly [string, Partial<SamlResponseFields>, object]>([
    ['the regional endpoint', { recipient: regional, audiences: [[regional]] }, {}],
    ["AWS's own entity id as audience", { audiences: [['urn:amazon:webservices']] }, {}],
    ['one audience of several', { audiences: [['https://else.example', signIn]] }, {}],
    [
      'the pair the other way round, with spaces',
      {},
      { [attribute('Role')]: [`${providerArn()} , ${roleArn('Plain')}`] },
    ],
    ['one of several pairs', {}, { [attribute('Role')]: [pair('Hour'), pair('Plain')] }],
    ['no format of the subject', { nameIdFormat: undefined }, {}],
  ])('takes %s', async (_name, changes, attributes) => {
    expect(await attempt(changes, attributes)).toBe('granted');
  });

  it.each<readonly [string, string, string, object]>([
    ['its audience', 'ByAudience', 'granted', {}],
    ['its issuer', 'ByIssuer', 'granted', {}],
    ['its subject', 'BySubject', 'granted', {}],
    ['the type of its subject', 'BySubjectType', 'granted', {}],
    ['its name qualifier', 'ByQualifier', 'granted', {}],
    ['its provider', 'ByDocument', 'granted', {}],
    ['its tag', 'ByTag', 'granted', { [attribute('PrincipalTag:Team')]: ['web'] }],
    ['another tag', 'ByTag', denied('sts:TagSession'), { [attribute('PrincipalTag:Team')]: ['data'] }],
    ['no tag', 'ByTag', denied(), {}],
    ['no TagSession', 'WithoutTags', denied('sts:TagSession'), { [attribute('PrincipalTag:Team')]: ['web'] }],
    [
      'no SetSourceIdentity',
      'WithoutTags',
      denied('sts:SetSourceIdentity'),
      { [attribute('SourceIdentity')]: ['alice'] },
    ],
    ['another action', 'WrongAction', denied(), {}],
    ['another provider', 'OtherProvider', denied(), {}],
    ['nobody: it does not exist', 'Missing', denied(), {}],
  ])('for a role that trusts %s', async (_name, role, expected, attributes) => {
    expect(await forRole(role, attributes)).toBe(expected);
  });

  it.each<readonly [string, string, Partial<SamlResponseFields>]>([
    ['audience', 'ByAudience', { recipient: regional }],
    ['subject', 'BySubject', { nameId: 'Alice@example.com' }],
    ['type', 'BySubjectType', { nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient' }],
  ])('denies another %s', async (_name, role, changes) => {
    expect(await forRole(role, {}, changes)).toBe(denied());
  });

  it('ends the session when the identity provider says', async () => {
    const xml = response('Plain', { sessionNotOnOrAfter: at(1200) });
    const { Credentials } = await send(encode(signSaml(xml, key)), { DurationSeconds: 3600 });

    const seconds = ((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(1190);
    expect(seconds).toBeLessThanOrEqual(1200);
  });

  it.each([
    ['Two', key, 'granted'],
    ['FromMetadata', key, 'granted'],
    ['Idp', foreign, invalid('Response signature invalid')],
    ['Ec', key, invalid('Response signature invalid')],
    ['Expired', expired, invalid('Response signature invalid')],
    ['Else', key, invalid('Issuer not present in specified provider')],
    ['None', key, invalid("Specified provider doesn't exist")],
  ] as const)('with the certificates of provider %s', async (name, signer, expected) => {
    const trusting = { [attribute('Role')]: [pair('Plain', providerArn(name))] };
    const result = await outcome(
      send(encode(signSaml(response('Plain', {}, trusting), signer)), { PrincipalArn: providerArn(name) }),
    );

    // The role trusts Idp alone: what gets as far as that is denied there.
    expect(result).toBe(expected === 'granted' ? denied() : expected);
  });
});

describe('the trail of AssumeRoleWithSAML', () => {
  it("is in the role's account, as the IAM guide's example has it", async () => {
    const xml = response('Plain', {}, { [attribute('PrincipalTag:Team')]: ['web'] });
    await send(encode(signSaml(xml, key)), { DurationSeconds: 1800 });

    expect((await aws.records()).at(-1)).toMatchObject({
      eventName: 'AssumeRoleWithSAML',
      readOnly: true,
      recipientAccountId: away,
      userIdentity: {
        type: 'SAMLUser',
        principalId: `${nameQualifier}:alice@example.com`,
        userName: 'alice@example.com',
        identityProvider: nameQualifier,
      },
      requestParameters: {
        sAMLAssertionID: '_assertion',
        roleSessionName: 'alice@example.com',
        principalTags: { Team: 'web' },
        durationSeconds: 1800,
        roleArn: roleArn('Plain'),
        principalArn: providerArn(),
      },
      responseElements: { subjectType: 'persistent', issuer: idpEntityId, audience: signIn, nameQualifier },
      resources: [
        { type: 'AWS::IAM::Role', ARN: roleArn('Plain') },
        { type: 'AWS::IAM::SAMLProvider', ARN: providerArn() },
      ],
    });
  });

  it('has nothing of a response that proves nobody', async () => {
    const before = (await aws.records()).length;
    await outcome(send(encode(signSaml(response('Plain'), foreign))));

    expect((await aws.records()).length).toBe(before);
  });
});
