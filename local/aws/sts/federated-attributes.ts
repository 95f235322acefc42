import { AwsError } from '../aws-error.ts';
import { checkText } from './constraints.ts';
import { maximumTags, tagKeyConstraint, tagValueConstraint } from './session-parameters.ts';

/** What an identity provider says of a session: neither operation takes it from the request. */
export interface FederatedAttributes {
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
}

export interface StatedAttributes {
  /** In order; a key may stand there twice. */
  readonly tags: readonly (readonly [key: string, values: readonly string[]])[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | undefined;
}

/** @throws AwsError InvalidIdentityToken for what AssumeRole would refuse as a parameter. */
export function toFederatedAttributes(stated: StatedAttributes): FederatedAttributes {
  const { tags, transitiveTagKeys, sourceIdentity } = stated;
  requireTags(tags, transitiveTagKeys);
  if (sourceIdentity !== undefined && !isSourceIdentity(sourceIdentity)) {
    throw invalidIdentityToken(
      'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
    );
  }
  return {
    tags: new Map(tags.map(([key, [value = '']]) => [key, value])),
    transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

/** Nothing that fits begins with `aws:`: the colon isn't among the characters. */
const isSourceIdentity = (text: string): boolean => /^[\w+=,.@-]{2,64}$/.test(text);

function requireTags(tags: StatedAttributes['tags'], transitiveTagKeys: readonly string[]): void {
  if (tags.length > maximumTags || transitiveTagKeys.length > maximumTags) {
    throw invalidIdentityToken(`At most ${maximumTags} principal tags are allowed`);
  }
  for (const [key, values] of tags) {
    const [value, ...more] = values;
    const problems = [
      ...checkText('principalTags.key', key, tagKeyConstraint),
      ...checkText('principalTags.value', value, tagValueConstraint),
    ];
    if (more.length > 0) throw invalidIdentityToken('A principal tag must have exactly one value');
    if (problems.length > 0) throw invalidIdentityToken(problems.join('; '));
  }
  const keys = tags.map(([key]) => key.toLowerCase());
  const transitive = transitiveTagKeys.map((key) => key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalidIdentityToken('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if (keys.some((key) => key.startsWith('aws:'))) {
    throw invalidIdentityToken('Tag keys that begin with aws: are reserved for system use');
  }
  if (transitive.some((key) => !keys.includes(key))) {
    throw invalidIdentityToken('The specified transitive tag key must be included in the requested tags.');
  }
}

export const invalidIdentityToken = (message: string): AwsError =>
  new AwsError('InvalidIdentityToken', 400, message);

export const expiredToken = (message: string): AwsError =>
  new AwsError('ExpiredTokenException', 400, message);
