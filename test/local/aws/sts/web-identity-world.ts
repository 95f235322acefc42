import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';
import { type LoopbackIssuer, startLoopbackIssuer } from '../../../support/loopback-issuer.ts';
import { aWorld, away, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

export const audience = 'sts.amazonaws.com';
export const named = 'idp.example/tenant';
export const roleArn = (name: string, account = away) => `arn:aws:iam::${account}:role/${name}`;
export const providerArn = (name: string, account = away) => `arn:aws:iam::${account}:oidc-provider/${name}`;
export const all = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];

export interface Signer {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
  readonly jwk: JWK;
}

export async function aSigner(kid: string, alg: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export const now = () => Math.floor(Date.now() / 1000);

export let idp: LoopbackIssuer;
export let other: LoopbackIssuer;
export let aws: TestAws;
export let client: STSClient;
export let key: Signer;
export let foreign: Signer;
export let host: string;

beforeAll(async () => {
  [idp, other] = await Promise.all([startLoopbackIssuer(), startLoopbackIssuer()]);
  [key, foreign] = await Promise.all([aSigner('one', 'RS256'), aSigner('one', 'RS256')]);
  host = idp.url.replace('http://', '');
  const trusts = (
    Condition?: object,
    Action: string | readonly string[] = all,
    provider = providerArn(host),
  ) => ({
    trust: policy({
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action,
      ...(Condition === undefined ? {} : { Condition }),
    }),
    maxSessionDurationSeconds: 43_200,
  });
  const equals = (name: string, value: string) => ({ StringEquals: { [`${host}:${name}`]: value } });
  const roles = {
    Plain: trusts(),
    Keyed: {
      ...trusts(),
      policies: [
        policy({
          Effect: 'Allow',
          Action: 'sts:DecodeAuthorizationMessage',
          Resource: '*',
          Condition: {
            StringEquals: { [`${host}:sub`]: 'alice', 'aws:FederatedProvider': providerArn(host) },
            'ForAnyValue:StringEquals': { [`${host}:amr`]: 'mfa' },
          },
        }),
      ],
    },
    Hour: { ...trusts(), maxSessionDurationSeconds: 3600 },
    BySubject: trusts(equals('sub', 'alice')),
    ByAudience: trusts(equals('aud', audience)),
    ByOtherAudience: trusts({ 'ForAnyValue:StringEquals': { [`${host}:oaud`]: 'api' } }),
    ByMethod: trusts({ 'ForAnyValue:StringEquals': { [`${host}:amr`]: 'mfa' } }),
    BySessionName: trusts({ StringEquals: { 'sts:RoleSessionName': 'alice' } }),
    ByTag: trusts({ StringEquals: { 'aws:RequestTag/Team': 'web' } }),
    BySourceIdentity: trusts({ StringEquals: { 'sts:SourceIdentity': 'alice' } }),
    WithoutTags: trusts(undefined, ['sts:AssumeRoleWithWebIdentity', 'sts:SetSourceIdentity']),
    WithoutIdentity: trusts(undefined, ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession']),
    TagsOnly: trusts(undefined, 'sts:TagSession'),
    WrongAction: trusts(undefined, 'sts:AssumeRole'),
    WrongProvider: trusts(undefined, all, providerArn(`${host}1`)),
    OtherAccountsProvider: trusts(undefined, all, providerArn(host, home)),
    Named: trusts({ StringEquals: { [`${named}:sub`]: 'alice' } }, all, providerArn(named)),
    Denying: {
      trust: policy(
        { Effect: 'Allow', Principal: { Federated: providerArn(host) }, Action: all },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: equals('sub', 'mallory'),
        },
      ),
    },
    Next: {
      trust: policy({
        Effect: 'Allow',
        Principal: { AWS: roleArn('Plain') },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      }),
      maxSessionDurationSeconds: 43_200,
    },
  };
  aws = await startTestAws(
    aWorld({
      [home]: { roles: { Plain: trusts() } },
      [away]: {
        roles,
        oidcProviders: {
          [host]: { clientIds: [audience, 'second'] },
          [named]: { url: other.url, clientIds: [audience] },
          'unserved.example': { clientIds: [audience] },
          '127.0.0.1:1': { clientIds: [audience] },
        },
      } as object,
    }),
  );
  client = new STSClient({ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1 });
});
beforeEach(() => {
  idp.publish([key.jwk]);
  other.publish([key.jwk]);
  idp.answer('/.well-known/openid-configuration', undefined);
  idp.answer('/jwks', undefined);
});
afterAll(async () => {
  client?.destroy();
  await Promise.all([aws?.stop(), idp?.close(), other?.close()]);
});

export const claims = (changes: Readonly<Record<string, unknown>> = {}) => ({
  iss: idp.url,
  sub: 'alice',
  aud: audience,
  iat: now() - 5,
  exp: now() + 300,
  ...changes,
});

export async function sign(
  payload: object | string,
  { signer = key, header = {} }: { signer?: Signer; header?: object } = {},
): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const { alg = '', kid = '' } = signer.jwk;
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg, kid, ...header })
    .sign(signer.privateKey);
}

export const send = (input: Partial<AssumeRoleWithWebIdentityCommandInput>) =>
  client.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn('Plain'),
      RoleSessionName: 'alice',
      WebIdentityToken: undefined,
      ...input,
    }),
  );

export const attempt = async (
  payload: Readonly<Record<string, unknown>>,
  input: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
) => outcome(send({ WebIdentityToken: await sign(claims(payload)), ...input }));

export const tags = (principalTags: object, transitive: readonly string[] = []) => ({
  'https://aws.amazon.com/tags': { principal_tags: principalTags, transitive_tag_keys: transitive },
});
export const sourceIdentity = (text: unknown) => ({ 'https://aws.amazon.com/source_identity': text });
export const denied = (action = 'sts:AssumeRoleWithWebIdentity') =>
  `AccessDenied: Not authorized to perform ${action}`;
export const invalid = (message: string) => `InvalidIdentityTokenException: ${message}`;
export const noKey = invalid(
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
);
export const badSignature = invalid('The web identity token that was passed could not be validated');

export const replacePart = (token: string, index: number, part: object): string =>
  token
    .split('.')
    .map((text, at) => (at === index ? Buffer.from(JSON.stringify(part)).toString('base64url') : text))
    .join('.');

export const toCredentials = ({ Credentials }: Awaited<ReturnType<typeof send>>) => ({
  accessKeyId: Credentials?.AccessKeyId ?? '',
  secretAccessKey: Credentials?.SecretAccessKey ?? '',
  sessionToken: Credentials?.SessionToken ?? '',
});
