import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readAccountId, toAccessKeyId } from '../../../local/aws/access-key-id.ts';
import { parseBase32, toBase32 } from '../../../local/aws/base32.ts';

const accountIds = fc.stringMatching(/^\d{12}$/);

describe('an access key id', () => {
  it('names the account that it was made for', () => {
    fc.assert(
      fc.property(fc.constantFrom('AKIA' as const, 'ASIA' as const), accountIds, (prefix, accountId) => {
        const accessKeyId = toAccessKeyId(prefix, accountId);

        expect(accessKeyId).toMatch(new RegExp(`^${prefix}[A-Z2-7]{16}$`));
        expect(readAccountId(accessKeyId)).toBe(accountId);
      }),
    );
  });

  it('is another each time', () => {
    expect(toAccessKeyId('ASIA', '111111111111')).not.toBe(toAccessKeyId('ASIA', '111111111111'));
  });

  it.each([
    '',
    'ASIA',
    'ASIAIOSFODNN7EXAMPLE',
    'AKIAIOSFODNN7EXAMPLE',
    'AROAYAAAAAAAAAAAAAAA',
    'ASIAyaaaaaaaaaaaaaaa',
  ])('of no account is %j', (accessKeyId) => {
    expect(readAccountId(accessKeyId)).toBeUndefined();
  });
});

describe('base32', () => {
  it('opens as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(parseBase32(toBase32(bytes))).toEqual(bytes);
        expect(parseBase32(`${toBase32(bytes).toLowerCase()}===`)).toEqual(bytes);
      }),
    );
  });

  it.each(['0', '1', '8', 'A B', 'A-', 'Ä', 'A=A'])('is not %j', (text) => {
    expect(parseBase32(text)).toBeUndefined();
  });
});
