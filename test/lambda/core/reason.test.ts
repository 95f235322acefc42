import { describe, expect, it } from '@jest/globals';
import { isReason } from '../../../lambda/core/reason.ts';

/** As AWS's documentation writes it. */
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2lnbmF0dXJl';

describe('isReason', () => {
  it.each([
    'x',
    'INC-1234: database restore, see https://wiki.example.com/runbooks/restore?step=3#top',
    'Störung behoben — 障害対応 😀',
    'r'.repeat(39),
    'daypass-0123456789abcdef',
    'commit 34f3a4d0aa5cd6297fb5aa6b0123456789abcdef',
    `digest ${'0123456789abcdef'.repeat(4)}`,
    'key AKIAIOSFODNN7EXAMPLE was leaked',
    '${jndi:ldap://x}',
    '"quoted", {"json":"too"}',
    '😀'.repeat(256),
  ])('takes %j', (reason) => {
    expect(isReason(reason)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['spaces alone', '  \u00a0 '],
    ['257 characters', 'a b '.repeat(64).concat('a')],
    ['ten kilobytes', 'a b '.repeat(2560)],
    ['a log line of its own', 'ok\n{"level":"INFO","message":"forged"}'],
    ['a carriage return', 'ok\rforged'],
    ['a tab', 'a\tb'],
    ['an escape sequence', '\u001b[31mred'],
    ['a NUL', 'a\u0000b'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['text from right to left', 'a\u202eb'],
    ['a zero-width space', 'a\u200bb'],
    ['half a character', 'a\ud800b'],
    ['a secret access key', secretAccessKey],
    ['one in a sentence', `use ${secretAccessKey} please`],
    ['one behind an equals sign', `AWS_SECRET_ACCESS_KEY=${secretAccessKey}`],
    ['one in quotes', `"${secretAccessKey}"`],
    ['a session token', `IQoJb3JpZ2luX2VjE${'Aa0/'.repeat(30)}==`],
    ['a token of a caller', jwt],
    ['one behind Bearer', `Bearer ${jwt}`],
    ["somebody's ExternalId", 'was daypass-0123456789abcdef0123456789abcdef'],
    ['one in capitals', 'DAYPASS-0123456789ABCDEF0123456789ABCDEF'],
    ['one among other letters', 'xdaypass-0123456789abcdef0123456789abcdef0'],
    ['one without a signature', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
  ])('refuses %s', (_name, reason) => {
    expect(isReason(reason)).toBe(false);
  });
});
