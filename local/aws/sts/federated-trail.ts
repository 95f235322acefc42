import type { FederatedAttributes } from './federated-attributes.ts';
import type { JsonObject } from './sts-call.ts';

/** What the trail shows of tags and source identity, which came in the token or the assertion. */
export const toTrailAttributes = ({
  tags,
  transitiveTagKeys,
  sourceIdentity,
}: FederatedAttributes): JsonObject => ({
  ...(tags.size === 0 ? {} : { principalTags: Object.fromEntries(tags) }),
  ...(transitiveTagKeys.length === 0 ? {} : { transitiveTagKeys }),
  ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
});

/** Tokens and assertions are sensitive: what's wrong with one is said without quoting it. */
export const hideValue = (problems: readonly string[]): readonly string[] =>
  problems.map((problem) => problem.replace(/^Value '[\s\S]*' at /, "Value '***' at "));
