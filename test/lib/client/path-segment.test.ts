import { describe, expect, it } from '@jest/globals';
import { toPathSegment } from '../../../lib/client/path-segment.ts';

describe('a segment of a path', () => {
  it.each([
    ['prod-readonly', 'prod-readonly'],
    ['a/b', 'a%2Fb'],
    ['a?b#c', 'a%3Fb%23c'],
    ['%2e%2e', '%252e%252e'],
    ['...', '...'],
  ])('of %j stays one', (text, segment) => {
    expect(toPathSegment(text, 'a profile')).toBe(segment);
    expect(new URL(`http://x/v1/profiles/${segment}/credentials`).pathname).toBe(
      `/v1/profiles/${segment}/credentials`,
    );
  });

  it.each(['', '.', '..', '\ud800'])('is never %j', (text) => {
    expect(() => toPathSegment(text, 'a profile')).toThrow('that is no name of a profile');
  });
});
