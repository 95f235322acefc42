import { describe, expect, it } from '@jest/globals';
import { isProfileName as isConfigured } from '../../../lambda/core/configuration-schema.ts';
import { isProfileName, requireProfileName } from '../../../lib/client/profile-name.ts';

describe('isProfileName', () => {
  it.each([
    'prod-readonly',
    'a',
    'a-',
    'a'.repeat(63),
    'a'.repeat(64),
    '',
    'A',
    '1a',
    '-a',
    'a_b',
    'a b',
    'a\n',
    'ä',
    '../a',
    '__proto__',
  ])('says of %j what the configuration says', (name) => {
    expect(isProfileName(name)).toBe(isConfigured(name));
  });
});

describe('requireProfileName', () => {
  it('says where what is no name was written', () => {
    expect(requireProfileName('shop', '--imds')).toBe('shop');
    expect(() => requireProfileName('Shop', '--imds')).toThrow('--imds names no profile');
  });
});
