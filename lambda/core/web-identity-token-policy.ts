import type { WebIdentityTokenRequest } from './ports.ts';

/**
 * The session policy of the session that calls GetWebIdentityToken: whoever got hold of it could have the one token,
 * and nothing else. It stands in the place of the profile's own policies: beside them STS would allow what any of them
 * allows. The Deny says it a second time, as those of `toNextHopPolicy` do. Source: IAM guide, "Controlling access with
 * IAM policies" (outbound identity federation).
 */
export function toWebIdentityTokenPolicy({
  audience,
  durationSeconds,
  signingAlgorithm,
  requestTags,
}: WebIdentityTokenRequest): string {
  const Action = ['sts:GetWebIdentityToken', 'sts:TagGetWebIdentityToken'];
  const [get, tag] = Action;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: get,
        Resource: '*',
        Condition: {
          // ForAllValues holds for no value too, and a token may be for several.
          Null: { 'sts:IdentityTokenAudience': 'false' },
          'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': audience },
          NumericLessThanEquals: { 'sts:DurationSeconds': String(durationSeconds) },
          StringEquals: { 'sts:SigningAlgorithm': signingAlgorithm },
        },
      },
      {
        Effect: 'Allow',
        Action: tag,
        Resource: '*',
        Condition: {
          StringEquals: Object.fromEntries(
            Object.entries(requestTags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
          ),
        },
      },
      { Effect: 'Deny', NotAction: Action, Resource: '*' },
    ],
  });
}
