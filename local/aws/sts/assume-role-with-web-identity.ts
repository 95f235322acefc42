import { isJsonObject, type JsonObject } from '../../../lambda/core/parse-json-object.ts';
import { AwsError } from '../aws-error.ts';
import type { ContextEntries } from '../principal-context.ts';
import { requireRoleArn, roleSessionNameConstraint } from './assume-role-request.ts';
import { checkText, requireNoProblems, type TextConstraint } from './constraints.ts';
import {
  type FederatedAttributes,
  invalidIdentityToken,
  toFederatedAttributes,
} from './federated-attributes.ts';
import { hideValue, toTrailAttributes } from './federated-trail.ts';
import { arnText, readSessionParameters, toSessionParameters } from './session-parameters.ts';
import type { FederatedIdentity, UnsignedCall, UnsignedOperation } from './unsigned-call.ts';
import { toTexts, verifyWebIdentityToken, type WebIdentityToken } from './web-identity-token.ts';

/** Source: STS API reference, AssumeRoleWithWebIdentity. */
const constraints = {
  roleArn: { ...arnText, required: true },
  roleSessionName: roleSessionNameConstraint,
  webIdentityToken: { required: true, minLength: 4, maxLength: 20_000 },
  providerId: { minLength: 4, maxLength: 2048 },
} as const satisfies Record<string, TextConstraint>;

const maximumSeconds = 43_200;

export const assumeRoleWithWebIdentity: UnsignedOperation = { identify };

async function identify(call: UnsignedCall): Promise<FederatedIdentity> {
  const { roleArn, roleSessionName, webIdentityToken, session } = parseRequest(call);
  const token = await verifyWebIdentityToken(call, webIdentityToken, roleArn.split(':')[4] ?? '');
  const { provider, subject, audience, claims } = token;
  const attributes = readAttributes(claims);
  const { durationSeconds, policy, policyArns } = session;
  return {
    action: 'sts:AssumeRoleWithWebIdentity',
    roleArn,
    roleSessionName,
    providerArn: provider.arn,
    policyArns,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(policy === undefined ? {} : { policy }),
    ...attributes,
    context: toTokenContext(token),
    result: {
      before: { SubjectFromWebIdentityToken: subject, Audience: audience },
      // The provider's ARN, as CloudTrail shows it; the API reference speaks of `iss`.
      after: { Provider: provider.arn },
    },
    trail: {
      userIdentity: {
        type: 'WebIdentityUser',
        principalId: `${provider.arn}:${audience}:${subject}`,
        userName: subject,
        identityProvider: provider.arn,
      },
      requestParameters: {
        ...toTrailAttributes(attributes),
        ...(durationSeconds === undefined ? {} : { durationSeconds }),
        roleArn,
        roleSessionName,
        ...(policy === undefined ? {} : { policy }),
        ...(policyArns.length === 0 ? {} : { policyArns: policyArns.map((arn) => ({ arn })) }),
      },
      responseElements: {
        subjectFromWebIdentityToken: subject,
        provider: provider.arn,
        audience,
      },
      resources: [],
    },
  };
}

function parseRequest({ parameters }: UnsignedCall) {
  const text = {
    roleArn: parameters.get('RoleArn'),
    roleSessionName: parameters.get('RoleSessionName'),
    webIdentityToken: parameters.get('WebIdentityToken'),
    providerId: parameters.get('ProviderId'),
  };
  const session = readSessionParameters(parameters, maximumSeconds);
  requireNoProblems([
    ...checkText('roleArn', text.roleArn, constraints.roleArn),
    ...checkText('roleSessionName', text.roleSessionName, constraints.roleSessionName),
    ...hideValue(checkText('webIdentityToken', text.webIdentityToken, constraints.webIdentityToken)),
    ...checkText('providerId', text.providerId, constraints.providerId),
    ...session.problems,
  ]);
  const { roleArn = '', roleSessionName = '', webIdentityToken = '', providerId } = text;
  if (providerId !== undefined) {
    throw new AwsError(
      'NotImplemented',
      501,
      'access tokens of OAuth 2.0 providers cannot be verified by the embedded AWS',
    );
  }
  requireRoleArn(roleArn);
  // Tags come from the token: a parameter of that name means nothing here.
  return {
    roleArn,
    roleSessionName,
    webIdentityToken,
    session: toSessionParameters({ ...session, tags: [] }),
  };
}

/** Source: IAM guide, "Available keys for AWS OIDC federation". */
function toTokenContext({
  provider,
  subject,
  audience,
  otherAudiences,
  claims,
}: WebIdentityToken): ContextEntries {
  const name = provider.name.toLowerCase();
  const methods = claims['amr'] === undefined ? undefined : toTexts(claims['amr']);
  return [
    [`${name}:aud`, audience],
    [`${name}:sub`, subject],
    ...(otherAudiences.length === 0 ? [] : [[`${name}:oaud`, otherAudiences] as const]),
    ...(methods === undefined ? [] : [[`${name}:amr`, methods] as const]),
  ];
}

const namespace = 'https://aws.amazon.com/';

/** The nested form, and the flat one for providers that can't nest. Source: IAM guide, "Pass session tags in AWS STS". */
function readAttributes(claims: JsonObject): FederatedAttributes {
  const nested = claims[`${namespace}tags`] ?? {};
  const sourceIdentity = claims[`${namespace}source_identity`];
  if (!isJsonObject(nested)) throw malformed('tags');
  const principalTags = nested['principal_tags'] ?? {};
  if (!isJsonObject(principalTags)) throw malformed('tags');
  if (sourceIdentity !== undefined && typeof sourceIdentity !== 'string') throw malformed('source_identity');
  const prefix = `${namespace}tags/principal_tags/`;
  const flat = Object.entries(claims).flatMap(([name, value]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
  );
  return toFederatedAttributes({
    tags: [...Object.entries(principalTags), ...flat].map(([key, value]) => [key, requireTexts(value)]),
    transitiveTagKeys: [
      ...requireTexts(nested['transitive_tag_keys'] ?? []),
      ...requireTexts(claims[`${namespace}tags/transitive_tag_keys`] ?? []),
    ],
    sourceIdentity,
  });
}

function requireTexts(value: unknown): readonly string[] {
  const texts = toTexts(value);
  if (texts === undefined) throw malformed('tags');
  return texts;
}

const malformed = (claim: string) => invalidIdentityToken(`The claim ${namespace}${claim} is malformed`);
