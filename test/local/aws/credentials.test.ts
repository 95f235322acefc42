import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { toSecretAccessKey } from '../../../local/aws/credentials.ts';

const aKey = () => ({ secrets: randomBytes(32), tokens: randomBytes(32) });

describe('a secret access key', () => {
  it('follows from the access key id and the key of the data directory', () => {
    const key = aKey();

    expect(toSecretAccessKey('ASIAONE', key)).toBe(toSecretAccessKey('ASIAONE', key));
    expect(toSecretAccessKey('ASIAONE', key)).not.toBe(toSecretAccessKey('ASIATWO', key));
    expect(toSecretAccessKey('ASIAONE', key)).not.toBe(toSecretAccessKey('ASIAONE', aKey()));
  });
});
