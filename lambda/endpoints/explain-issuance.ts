import type { Configuration } from '../core/configuration.ts';
import type { AllowExplanation, DenyExplanation, ExplainIssuance } from '../core/explain-issuance.ts';
import { stsLimits } from '../core/sts-limits.ts';
import { credentialsBody } from '../http/credential-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseRequest } from '../http/parse-request.ts';
import { requireProfileName } from '../http/require-profile-name.ts';

/** `POST /v1/profiles/{profile}/explain`: the body of `credentials`, and what it would have given. */
export const createExplainEndpoint =
  (explainIssuance: ExplainIssuance, contact: Pick<Configuration, 'owner' | 'requestAccessUrl'>): Endpoint =>
  async ({ principal, origin, pathParameters, body }) => {
    const profile = requireProfileName(pathParameters['profile']);
    const narrowing = parseRequest('body', credentialsBody, body);

    const explanation = explainIssuance(principal, { profile, ...narrowing }, origin);

    // A Deny is the answer to what was asked; a 403 would be one to the question, and every 403 leaves a row.
    return {
      status: 200,
      body: explanation.effect === 'Allow' ? toAllowView(explanation) : toDenyView(explanation, contact),
    };
  };

function toAllowView({ profile, intent, ...explanation }: AllowExplanation): object {
  const {
    mechanism,
    enforcement = 'enforced',
    statement,
    roleArns,
    sessionTags,
    transitiveTagKeys,
    sourceIdentity,
    targetPrincipal,
    taskPolicyArn,
  } = intent;
  const { duration, sessionPolicy, policyCharacters, estimatedPackedSize } = explanation;
  return {
    effect: 'Allow',
    profile: profile.name,
    mechanism,
    enforcement,
    statement,
    roleArns,
    ...(targetPrincipal === undefined ? {} : { targetPrincipal }),
    ...(taskPolicyArn === undefined ? {} : { taskPolicyArn }),
    duration,
    sessionTags,
    transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy: JSON.parse(sessionPolicy) }),
    managedPolicyArns: intent.managedPolicyArns,
    policySize: {
      characters: policyCharacters,
      maximumCharacters: stsLimits.maxPolicyCharacters,
      ...(estimatedPackedSize === undefined ? {} : { estimatedPackedPercent: estimatedPackedSize }),
    },
  };
}

/** The deployment's contact: the profile's own would tell that there is such a profile. */
function toDenyView(
  { profile, reserved }: DenyExplanation,
  { owner, requestAccessUrl }: Pick<Configuration, 'owner' | 'requestAccessUrl'>,
): object {
  return {
    effect: 'Deny',
    profile,
    code: 'access-denied',
    message: `no profile ${profile} that you may use; GET /v1/profiles lists those that you may, and ${owner} can say more`,
    owner,
    ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
    ...reserved,
  };
}
