import { createHash } from 'node:crypto';
import {
  AssumeRoleWithSAMLCommand,
  type AssumeRoleWithSAMLCommandInput,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll } from '@jest/globals';
import { aSamlKey } from '../../../support/saml-keys.ts';
import { aCertificate, aKeyDescriptor, metadataText } from '../../../support/saml-metadata-text.ts';
import { aSamlResponse, idpEntityId, type SamlResponseFields } from '../../../support/saml-response.ts';
import { signSaml } from '../../../support/saml-signing.ts';
import { aWorld, away, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

export const key = aSamlKey('rsa', { to: 36_500 });
export const foreign = aSamlKey('rsa', { to: 36_500 });
export const ecKey = aSamlKey('P-256', { to: 36_500 });
export const expired = aSamlKey('rsa', { to: -1 });
export const signIn = 'https://signin.aws.amazon.com/saml';
export const regional = 'https://eu-west-1.signin.aws.amazon.com/saml';
export const attribute = (name: string) => `https://aws.amazon.com/SAML/Attributes/${name}`;
export const roleArn = (name: string, account = away) => `arn:aws:iam::${account}:role/${name}`;
export const providerArn = (name = 'Idp', account = away) => `arn:aws:iam::${account}:saml-provider/${name}`;
export const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
export const all = ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity'];

export const trusts = (
  Condition?: object,
  Action: string | readonly string[] = all,
  provider = providerArn(),
) => ({
  trust: policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action,
    ...(Condition === undefined ? {} : { Condition }),
  }),
  maxSessionDurationSeconds: 43_200,
});
export const equals = (name: string, value: string) => ({ StringEquals: { [name]: value } });
export const nameQualifier = createHash('sha1').update(`${idpEntityId}${away}/Idp`).digest('base64');

export const roles = {
  Plain: trusts(),
  Hour: { ...trusts(), maxSessionDurationSeconds: 3600 },
  ByAudience: trusts(equals('SAML:aud', signIn)),
  ByIssuer: trusts(equals('SAML:iss', idpEntityId)),
  BySubject: trusts(equals('SAML:sub', 'alice@example.com')),
  BySubjectType: trusts(equals('SAML:sub_type', 'persistent')),
  ByQualifier: trusts(equals('SAML:namequalifier', nameQualifier)),
  ByDocument: trusts(equals('SAML:doc', `${away}/Idp`)),
  ByTag: trusts(equals('aws:RequestTag/Team', 'web')),
  WithoutTags: trusts(undefined, 'sts:AssumeRoleWithSAML'),
  WrongAction: trusts(undefined, 'sts:AssumeRoleWithWebIdentity'),
  ForeignProvider: trusts(undefined, all, providerArn('Idp', home)),
  OtherProvider: trusts(undefined, all, providerArn('Ec')),
};

export let aws: TestAws;
export let client: STSClient;
beforeAll(async () => {
  const samlProvider = (certificates: readonly string[], entityId = idpEntityId) => ({
    entityId,
    certificates,
  });
  aws = await startTestAws(
    aWorld({
      [home]: {
        roles: { Plain: trusts() },
        samlProviders: { Idp: samlProvider([key.certificate]) },
      } as object,
      [away]: {
        roles,
        samlProviders: {
          Idp: samlProvider([key.certificate]),
          Ec: samlProvider([ecKey.certificate]),
          Two: samlProvider([foreign.certificate, key.certificate]),
          Expired: samlProvider([expired.certificate]),
          Else: samlProvider([key.certificate], 'https://else.example'),
          FromMetadata: {
            metadata: metadataText({
              entity: `entityID="${idpEntityId}"`,
              keys: aKeyDescriptor(aCertificate('unused')) + aKeyDescriptor(key.certificate),
            }),
          },
        },
      } as object,
    }),
  );
  client = new STSClient({ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1 });
});
afterAll(async () => {
  client?.destroy();
  await aws?.stop();
});

export const pair = (role: string, provider = providerArn()) => `${roleArn(role)},${provider}`;

/** A good response for the role, unsigned. */
export const response = (
  role: string,
  changes: Partial<SamlResponseFields> = {},
  attributes: object = {},
): string =>
  aSamlResponse({
    destination: signIn,
    recipient: signIn,
    audiences: [[signIn]],
    issueInstant: at(-5),
    confirmationNotOnOrAfter: at(300),
    notBefore: at(-60),
    notOnOrAfter: at(300),
    authnInstant: at(-30),
    nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    ...changes,
    attributes: {
      [attribute('Role')]: [pair(role)],
      [attribute('RoleSessionName')]: ['alice@example.com'],
      ...attributes,
    },
  });

export const encode = (xml: string) => Buffer.from(xml).toString('base64');

export const send = (
  SAMLAssertion: string | undefined,
  input: Partial<AssumeRoleWithSAMLCommandInput> = {},
) =>
  client.send(
    new AssumeRoleWithSAMLCommand({
      RoleArn: roleArn('Plain'),
      PrincipalArn: providerArn(),
      SAMLAssertion,
      ...input,
    }),
  );

export const attempt = (
  changes: Partial<SamlResponseFields>,
  attributes: object = {},
  input: Partial<AssumeRoleWithSAMLCommandInput> = {},
) => outcome(send(encode(signSaml(response('Plain', changes, attributes), key)), input));

export const forRole = (role: string, attributes: object = {}, changes: Partial<SamlResponseFields> = {}) =>
  outcome(send(encode(signSaml(response(role, changes, attributes), key)), { RoleArn: roleArn(role) }));

export const denied = (action = 'sts:AssumeRoleWithSAML') =>
  `AccessDenied: Not authorized to perform ${action}`;
export const invalid = (message: string) => `InvalidIdentityTokenException: ${message}`;
