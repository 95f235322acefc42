import type { Caller } from '../caller.ts';
import { invalidValue, maximumTags, type SessionParameters } from './session-parameters.ts';

interface SessionTagRequest extends Pick<SessionParameters, 'tags'> {
  readonly transitiveTagKeys: readonly string[];
}

export interface SessionTags {
  /** What the new session has: the inherited ones and those of this request. */
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
  /** Transitive tags that the caller's own session hands on. */
  readonly inherited: ReadonlyMap<string, string>;
}

/** @throws AwsError InvalidParameterValue when the request would override an inherited tag, or there are more than 50. */
export function toSessionTags(request: SessionTagRequest, caller: Caller): SessionTags {
  const inherited = inheritedTags(caller);
  const inheritedKeys = new Set([...inherited.keys()].map((key) => key.toLowerCase()));
  if ([...request.tags.keys()].some((key) => inheritedKeys.has(key.toLowerCase()))) {
    throw invalidValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  }
  const tags = new Map([...inherited, ...request.tags]);
  if (tags.size > maximumTags) {
    throw invalidValue(
      `The session would have ${tags.size} tags, inherited ones included; at most ${maximumTags} are allowed`,
    );
  }
  return { tags, transitiveTagKeys: [...inherited.keys(), ...request.transitiveTagKeys], inherited };
}

function inheritedTags(caller: Caller): ReadonlyMap<string, string> {
  if (caller.type !== 'session') return new Map();
  const transitive = new Set(caller.session.transitiveTagKeys.map((key) => key.toLowerCase()));
  return new Map(Object.entries(caller.session.tags).filter(([key]) => transitive.has(key.toLowerCase())));
}
