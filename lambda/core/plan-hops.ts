import type { AssumeRoleProfile } from './configuration.ts';
import { toNextHopPolicy } from './next-hop-policy.ts';
import type { AssumeRoleRequest } from './ports.ts';
import { stsLimits } from './sts-limits.ts';

/**
 * One request for each role of a chain. The source identity and the transitive tags are set with the first session
 * and stay with those after it: STS refuses to have them set again. Each session on the way may assume the next role
 * and nothing else, and lives for the shortest time that there is.
 *
 * @param target what the last session shall be: all that the profile gives
 */
export function planHops(
  { via }: Pick<AssumeRoleProfile, 'via'>,
  target: AssumeRoleRequest,
): readonly AssumeRoleRequest[] {
  if (via.length === 0) return [target];
  const { sourceIdentity, transitiveTagKeys, sessionTags, ...ofTheEnd } = target;
  const isTransitive = (key: string) => transitiveTagKeys.includes(key);
  const ownTags = pickTags(sessionTags, (key) => !isTransitive(key));
  const onTheWay = via.map((roleArn, index): AssumeRoleRequest => {
    const next = via[index + 1];
    return {
      roleArn,
      // The same at each hop: whichever record of CloudTrail's is found, it names the issuance.
      roleSessionName: target.roleSessionName,
      durationSeconds: stsLimits.chainedDuration.min,
      sessionPolicy: toNextHopPolicy(next ?? target.roleArn, {
        // An inherited one needs its permission at every hop, as if it were set there.
        withSourceIdentity: sourceIdentity !== undefined,
        withTags: transitiveTagKeys.length > 0 || (next === undefined && Object.keys(ownTags).length > 0),
      }),
      managedPolicyArns: [],
      ...(index === 0 && sourceIdentity !== undefined ? { sourceIdentity } : {}),
      sessionTags: index === 0 ? pickTags(sessionTags, isTransitive) : {},
      transitiveTagKeys: index === 0 ? transitiveTagKeys : [],
    };
  });
  return [...onTheWay, { ...ofTheEnd, sessionTags: ownTags, transitiveTagKeys: [] }];
}

const pickTags = (tags: AssumeRoleRequest['sessionTags'], isPicked: (key: string) => boolean) =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => isPicked(key)));
