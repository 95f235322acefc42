import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { createNewExternalId, isExternalId } from '../../../../lambda/core/integrations/external-id.ts';
import { stsLimits } from '../../../../lambda/core/sts-limits.ts';

const someBytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('a new ExternalId', () => {
  it('is 16 random bytes in a form that STS takes and that names the broker', () => {
    const asked: number[] = [];

    const id = createNewExternalId((length) => {
      asked.push(length);
      return Uint8Array.from({ length }, (_, index) => index * 17);
    })();

    expect(id).toBe('daypass-00112233445566778899aabbccddeeff');
    expect(asked).toEqual([16]);
  });

  it('is one for each sequence of bytes', () => {
    fc.assert(
      fc.property(someBytes, someBytes, (a, b) => {
        const [first, second] = [createNewExternalId(() => a)(), createNewExternalId(() => b)()];

        expect(first === second).toBe(Buffer.from(a).equals(Buffer.from(b)));
        expect(isExternalId(first)).toBe(true);
        expect(stsLimits.externalId.pattern.test(first)).toBe(true);
      }),
    );
  });

  it.each([0, 8, 15, 17, 32])('is not made of %i bytes', (length) => {
    expect(() => createNewExternalId(() => new Uint8Array(length))()).toThrow(TypeError);
  });

  it('is new with each call', () => {
    let byte = 0;
    const newExternalId = createNewExternalId((length) => {
      byte += 1;
      return new Uint8Array(length).fill(byte);
    });

    expect(newExternalId()).not.toBe(newExternalId());
  });
});

describe('what is no ExternalId of ours', () => {
  it.each([
    'daypass-00112233445566778899AABBCCDDEEFF',
    'daypass-00112233445566778899aabbccddeef',
    'daypass-00112233445566778899aabbccddeeff0',
    'daypass-00112233445566778899aabbccddeeff\n',
    'daypass-00112233445566778899aabbccddeefz',
    '00112233445566778899aabbccddeeff',
    '',
  ])('is %j', (value) => {
    expect(isExternalId(value)).toBe(false);
  });
});
