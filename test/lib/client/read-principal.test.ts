import { describe, expect, it } from '@jest/globals';
import { readPrincipal } from '../../../lib/client/read-principal.ts';

describe('a principal that is named', () => {
  it.each([
    ['okta.alice@example.com', { issuer: 'okta', subject: 'alice@example.com' }],
    [
      'github-actions.repo:example/shop:ref:refs/heads/main',
      { issuer: 'github-actions', subject: 'repo:example/shop:ref:refs/heads/main' },
    ],
    ['okta.a.b', { issuer: 'okta', subject: 'a.b' }],
  ])('%s has an issuer and a subject', (text, principal) => {
    expect(readPrincipal(text)).toEqual(principal);
  });

  it.each([
    '',
    'okta',
    'okta.',
    '.alice',
    'Okta.alice',
    'okta=alice',
    'okta. alice',
    'okta.al\u200bice',
    `${'a'.repeat(25)}.x`,
  ])('%j is none', (text) => {
    expect(readPrincipal(text)).toBeUndefined();
  });
});
