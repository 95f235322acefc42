import type { SamlAssertion } from '../../../lambda/core/saml-assertion.ts';
import { AwsError } from '../aws-error.ts';
import type { ContextEntries } from '../principal-context.ts';
import { requireRoleArn } from './assume-role-request.ts';
import { checkText, requireNoProblems, type TextConstraint } from './constraints.ts';
import { invalidIdentityToken, toFederatedAttributes } from './federated-attributes.ts';
import { hideValue, toTrailAttributes } from './federated-trail.ts';
import { type SamlSignIn, verifySamlSignIn } from './saml-sign-in.ts';
import { arnText, readSessionParameters, toSessionParameters } from './session-parameters.ts';
import type { FederatedIdentity, UnsignedCall, UnsignedOperation } from './unsigned-call.ts';

/** Source: STS API reference, AssumeRoleWithSAML. */
const constraints = {
  roleArn: { ...arnText, required: true },
  principalArn: { ...arnText, required: true },
  samlAssertion: { required: true, minLength: 4, maxLength: 100_000 },
} as const satisfies Record<string, TextConstraint>;

const maximumSeconds = 43_200;

export const assumeRoleWithSaml: UnsignedOperation = { identify };

async function identify(call: UnsignedCall): Promise<FederatedIdentity> {
  const { roleArn, principalArn, samlAssertion, session } = parseRequest(call);
  const { region, nowMs } = call;
  const provider = call.world.samlProviders.get(principalArn);
  if (provider === undefined) throw invalidIdentityToken("Specified provider doesn't exist");
  const signIn = verifySamlSignIn(samlAssertion, { provider, region, nowMs });
  const { assertion, subject, subjectType, issuer, audience, nameQualifier, endsAtMs } = signIn;
  requirePair(assertion, roleArn, principalArn);
  const roleSessionName = requireSessionName(assertion);
  const attributes = readAttributes(assertion);
  const { durationSeconds, policy, policyArns } = session;
  return {
    action: 'sts:AssumeRoleWithSAML',
    roleArn,
    roleSessionName,
    providerArn: provider.arn,
    policyArns,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(endsAtMs === undefined ? {} : { endsAtMs }),
    ...(policy === undefined ? {} : { policy }),
    ...attributes,
    context: toSamlContext(signIn, `${provider.accountId}/${provider.name}`),
    result: {
      before: {
        Audience: audience,
        Issuer: issuer,
        NameQualifier: nameQualifier,
        Subject: subject,
        SubjectType: subjectType,
      },
      after: {},
    },
    trail: {
      userIdentity: {
        type: 'SAMLUser',
        principalId: `${nameQualifier}:${subject}`,
        userName: subject,
        identityProvider: nameQualifier,
      },
      requestParameters: {
        sAMLAssertionID: assertion.id,
        ...toTrailAttributes(attributes),
        ...(durationSeconds === undefined ? {} : { durationSeconds }),
        roleSessionName,
        roleArn,
        principalArn,
        ...(policy === undefined ? {} : { policy }),
        ...(policyArns.length === 0 ? {} : { policyArns: policyArns.map((arn) => ({ arn })) }),
      },
      responseElements: { subjectType, issuer, nameQualifier, audience, subject },
      resources: [{ accountId: provider.accountId, type: 'AWS::IAM::SAMLProvider', ARN: provider.arn }],
    },
  };
}

function parseRequest({ parameters }: UnsignedCall) {
  const text = {
    roleArn: parameters.get('RoleArn'),
    principalArn: parameters.get('PrincipalArn'),
    samlAssertion: parameters.get('SAMLAssertion'),
  };
  const session = readSessionParameters(parameters, maximumSeconds);
  requireNoProblems([
    ...checkText('roleArn', text.roleArn, constraints.roleArn),
    ...checkText('principalArn', text.principalArn, constraints.principalArn),
    ...hideValue(checkText('sAMLAssertion', text.samlAssertion, constraints.samlAssertion)),
    ...session.problems,
  ]);
  const { roleArn = '', principalArn = '', samlAssertion = '' } = text;
  requireRoleArn(roleArn);
  // Tags come from the assertion: a parameter of that name means nothing here.
  const sent = toSessionParameters({ ...session, tags: [] });
  return { roleArn, principalArn, samlAssertion, session: sent };
}

/**
 * The attributes that AWS reads. `SessionDuration` isn't among them: it's for the console's sign-in alone, the API
 * takes the parameter. Source: IAM guide, "Configure SAML assertions for the authentication response".
 */
const prefix = 'https://aws.amazon.com/SAML/Attributes/';
const tagPrefix = `${prefix}PrincipalTag:`;

/** One of the pairs of role and provider, in either order, must be the one that's asked for; both in one account. */
function requirePair({ attributes }: SamlAssertion, roleArn: string, principalArn: string): void {
  const pairs = attributes.get(`${prefix}Role`) ?? [];
  const isAskedFor = (pair: string) => {
    const parts = pair.split(',').map((part) => part.trim());
    return parts.length === 2 && parts.includes(roleArn) && parts.includes(principalArn);
  };
  if (pairs.some(isAskedFor) && roleArn.split(':')[4] === principalArn.split(':')[4]) return;
  throw new AwsError('AccessDenied', 403, 'Not authorized to perform sts:AssumeRoleWithSAML');
}

function requireSessionName({ attributes }: SamlAssertion): string {
  const [name, ...more] = attributes.get(`${prefix}RoleSessionName`) ?? [];
  if (name === undefined || more.length > 0) {
    throw invalidIdentityToken('RoleSessionName is required in AuthnResponse');
  }
  if (/^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw invalidIdentityToken('RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}');
}

function readAttributes({ attributes }: SamlAssertion) {
  const [sourceIdentity, ...more] = attributes.get(`${prefix}SourceIdentity`) ?? [];
  if (more.length > 0) throw invalidIdentityToken('SourceIdentity must have exactly one value');
  return toFederatedAttributes({
    tags: [...attributes].flatMap(([name, values]) =>
      name.startsWith(tagPrefix) ? [[name.slice(tagPrefix.length), values] as const] : [],
    ),
    transitiveTagKeys: attributes.get(`${prefix}TransitiveTagKeys`) ?? [],
    sourceIdentity,
  });
}

/** Source: IAM guide, "Available keys for SAML-based AWS STS federation". */
const toSamlContext = (
  { subject, subjectType, issuer, audience, nameQualifier }: SamlSignIn,
  provider: string,
): ContextEntries => [
  ['saml:aud', audience],
  ['saml:iss', issuer],
  ['saml:sub', subject],
  ['saml:sub_type', subjectType],
  ['saml:namequalifier', nameQualifier],
  ['saml:doc', provider],
];
