import {
  AssumeRoleCommand,
  DecodeAuthorizationMessageCommand,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { away, outcome } from '../an-embedded-aws.ts';

import {
  aSigner,
  attempt,
  audience,
  aws,
  badSignature,
  claims,
  denied,
  foreign,
  host,
  idp,
  key,
  named,
  noKey,
  other,
  providerArn,
  roleArn,
  send,
  sign,
  sourceIdentity,
  tags,
  toCredentials,
} from './web-identity-world.ts';

describe('AssumeRoleWithWebIdentity', () => {
  it('gives twelve hours with tags and a source identity, for a token that nobody but its issuer signed', async () => {
    const token = await sign(
      claims({ ...tags({ Team: ['web'], Cost: ['12'] }, ['Team']), ...sourceIdentity('alice') }),
    );
    const before = Date.now();
    const answer = await send({ WebIdentityToken: token, DurationSeconds: 43_200 });

    expect(answer.SubjectFromWebIdentityToken).toBe('alice');
    expect(answer.Audience).toBe(audience);
    expect(answer.Provider).toBe(providerArn(host));
    expect(answer.SourceIdentity).toBe('alice');
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    expect(answer.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${away}:assumed-role/Plain/alice`);
    const seconds = ((answer.Credentials?.Expiration?.getTime() ?? 0) - before) / 1000;
    expect(seconds).toBeGreaterThan(43_190);
    const session = aws.sts(toCredentials(answer));
    expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toBe(answer.AssumedRoleUser?.Arn);
  });

  it('hands tags and source identity on to a chained session, of an hour at most', async () => {
    const token = await sign(claims({ ...tags({ Team: ['web'] }, ['Team']), ...sourceIdentity('alice') }));
    const session = aws.sts(toCredentials(await send({ WebIdentityToken: token })));
    const chain = (DurationSeconds: number) =>
      session.send(
        new AssumeRoleCommand({ RoleArn: roleArn('Next'), RoleSessionName: 'next', DurationSeconds }),
      );

    expect((await chain(3600)).SourceIdentity).toBe('alice');
    expect(await outcome(chain(3601))).toMatch(/1 hour session limit/);
  });

  it("keeps the provider's condition keys for what the session does", async () => {
    const decodeAs = async (sub: string) => {
      const token = await sign(claims({ sub, amr: ['mfa'] }));
      const session = aws.sts(
        toCredentials(await send({ RoleArn: roleArn('Keyed'), WebIdentityToken: token })),
      );
      return outcome(session.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: 'x' })));
    };

    expect(await decodeAs('alice')).toMatch(/^InvalidAuthorizationMessage/);
    expect(await decodeAs('bob')).toMatch(/^AccessDenied/);
    expect((await aws.records()).at(-1)).toMatchObject({
      userIdentity: { sessionContext: { webIdFederationData: { federatedProvider: providerArn(host) } } },
    });
  });

  it.each(['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'])(
    'takes a token signed with %s',
    async (alg) => {
      const signer = await aSigner('two', alg);
      idp.publish([key.jwk, signer.jwk]);

      expect(await outcome(send({ WebIdentityToken: await sign(claims(), { signer }) }))).toBe('granted');
    },
  );

  it.each(['PS256', 'EdDSA'])('refuses a token signed with %s', async (alg) => {
    const signer = await aSigner('two', alg);
    idp.publish([key.jwk, signer.jwk]);

    expect(await outcome(send({ WebIdentityToken: await sign(claims(), { signer }) }))).toBe(badSignature);
  });

  it('sees a rotated key at once, and the old one until it is withdrawn', async () => {
    const next = await aSigner('next', 'RS256');
    const [old, fresh] = await Promise.all([sign(claims()), sign(claims(), { signer: next })]);

    idp.publish([key.jwk, next.jwk]);
    expect(await outcome(send({ WebIdentityToken: old }))).toBe('granted');
    expect(await outcome(send({ WebIdentityToken: fresh }))).toBe('granted');
    idp.publish([next.jwk]);
    expect(await outcome(send({ WebIdentityToken: old }))).toBe(badSignature);
  });

  it.each<readonly [string, string, Readonly<Record<string, unknown>>, string]>([
    ['any subject', 'Plain', {}, 'granted'],
    ['its subject', 'BySubject', {}, 'granted'],
    ['a prefix of its subject', 'BySubject', { sub: 'alic' }, denied()],
    ['more than its subject', 'BySubject', { sub: 'alice2' }, denied()],
    ['its subject in another case', 'BySubject', { sub: 'Alice' }, denied()],
    ['its audience', 'ByAudience', {}, 'granted'],
    ['a client of azp', 'ByAudience', { aud: 'api', azp: audience }, 'granted'],
    ['another audience', 'ByAudience', { aud: 'second' }, denied()],
    ['an audience beside azp', 'ByOtherAudience', { aud: ['api'], azp: audience }, 'granted'],
    ['no audience beside azp', 'ByOtherAudience', {}, denied()],
    ['its method', 'ByMethod', { amr: ['pwd', 'mfa'] }, 'granted'],
    ['another method', 'ByMethod', { amr: ['pwd'] }, denied()],
    ['no method', 'ByMethod', {}, denied()],
    ['its session name', 'BySessionName', {}, 'granted'],
    ['its tag', 'ByTag', tags({ Team: ['web'] }), 'granted'],
    ['another tag value', 'ByTag', tags({ Team: ['data'] }), denied('sts:TagSession')],
    ['no tag', 'ByTag', {}, denied()],
    ['its source identity', 'BySourceIdentity', sourceIdentity('alice'), 'granted'],
    [
      'another source identity',
      'BySourceIdentity',
      sourceIdentity('mallory'),
      denied('sts:SetSourceIdentity'),
    ],
    ['no source identity', 'BySourceIdentity', {}, denied()],
    ['no tags without TagSession', 'WithoutTags', {}, 'granted'],
    ['tags without TagSession', 'WithoutTags', tags({ Team: ['web'] }), denied('sts:TagSession')],
    ['no source identity without its action', 'WithoutIdentity', {}, 'granted'],
    [
      'a source identity without its action',
      'WithoutIdentity',
      sourceIdentity('alice'),
      denied('sts:SetSourceIdentity'),
    ],
    ['TagSession alone', 'TagsOnly', tags({ Team: ['web'] }), denied()],
    ['sts:AssumeRole instead', 'WrongAction', {}, denied()],
    ['another provider', 'WrongProvider', {}, denied()],
    ["the same provider's name in another account", 'OtherAccountsProvider', {}, denied()],
    ['somebody not denied', 'Denying', {}, 'granted'],
    ['somebody denied', 'Denying', { sub: 'mallory' }, denied()],
    ['another issuer of the account', 'Named', {}, denied()],
    ['nobody: it does not exist', 'Missing', {}, denied()],
  ])('for a role that trusts %s (%s)', async (_name, role, payload, expected) => {
    expect(await attempt(payload, { RoleArn: roleArn(role) })).toBe(expected);
  });

  it('knows an issuer by its name, served elsewhere, and by that address', async () => {
    const RoleArn = roleArn('Named');
    other.answer('/.well-known/openid-configuration', (_request, response) => {
      response.end(JSON.stringify({ issuer: `https://${named}`, jwks_uri: `https://${named}/jwks` }));
    });
    expect(await attempt({ iss: `https://${named}` }, { RoleArn })).toBe('granted');
    expect(await attempt({ iss: `https://${named}/` }, { RoleArn })).toMatch(/No OpenIDConnect provider/);
    expect(await attempt({ iss: `http://${named}` }, { RoleArn })).toMatch(/No OpenIDConnect provider/);
    expect(await attempt({ iss: other.url }, { RoleArn })).toBe(noKey);
    other.answer('/.well-known/openid-configuration', undefined);
    expect(await attempt({ iss: other.url }, { RoleArn })).toBe('granted');
    expect(await attempt({ iss: `https://${named}` }, { RoleArn })).toBe(noKey);
  });
});

describe('the trail of AssumeRoleWithWebIdentity', () => {
  it("is in the role's account, with the token's identity and never the token", async () => {
    const token = await sign(claims({ ...tags({ Team: ['web'] }), ...sourceIdentity('alice') }));
    await send({ WebIdentityToken: token, DurationSeconds: 900 });

    const record = (await aws.records()).at(-1);
    expect(record).toMatchObject({
      eventName: 'AssumeRoleWithWebIdentity',
      readOnly: true,
      recipientAccountId: away,
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `${providerArn(host)}:${audience}:alice`,
        userName: 'alice',
        identityProvider: providerArn(host),
      },
      requestParameters: {
        roleArn: roleArn('Plain'),
        roleSessionName: 'alice',
        durationSeconds: 900,
        principalTags: { Team: 'web' },
        sourceIdentity: 'alice',
      },
      responseElements: { subjectFromWebIdentityToken: 'alice', audience, provider: providerArn(host) },
      resources: [{ accountId: away, ARN: roleArn('Plain') }],
    });
    expect(JSON.stringify(record)).not.toContain(token.split('.')[2]);
  });

  it('has a denial of somebody proven, and nothing of a token that proves nobody', async () => {
    const count = async () => (await aws.records()).length;
    const before = await count();
    await outcome(send({ WebIdentityToken: await sign(claims(), { signer: foreign }) }));
    expect(await count()).toBe(before);

    await attempt({ sub: 'mallory' }, { RoleArn: roleArn('Denying') });
    expect((await aws.records()).at(-1)).toMatchObject({
      errorCode: 'AccessDenied',
      userIdentity: { userName: 'mallory' },
      recipientAccountId: away,
    });
  });
});

describe('a fault in AssumeRoleWithWebIdentity', () => {
  it.each([
    ['throttle', 'Throttling: Rate exceeded'],
    ['accessdenied', denied()],
  ] as const)('%s', async (kind, expected) => {
    aws.faults.replace([{ service: 'sts', operation: 'AssumeRoleWithWebIdentity', kind, times: 1 }]);

    expect(await attempt({})).toBe(expected);
    expect(await attempt({})).toBe('granted');
  });
});
