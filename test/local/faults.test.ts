import { describe, expect, it } from '@jest/globals';
import { createFaults, faultKinds, parseFaults } from '../../local/faults.ts';

describe('createFaults', () => {
  it('has none at first', () => {
    expect(createFaults().take('sts', 'AssumeRole')).toBeUndefined();
  });

  it('hits the named operation of the named service only', () => {
    const faults = createFaults();
    faults.replace([{ service: 'sts', operation: 'AssumeRole', kind: 'lost' }]);

    expect(faults.take('dynamodb', 'AssumeRole')).toBeUndefined();
    expect(faults.take('sts', 'GetCallerIdentity')).toBeUndefined();
    expect(faults.take('sts', 'assumerole')).toBeUndefined();
    expect(faults.take('sts', 'AssumeRole')?.kind).toBe('lost');
  });

  it('counts down and ends', () => {
    const faults = createFaults();
    faults.replace([{ service: 'sts', kind: 'throttle', times: 2 }]);

    expect(faults.take('sts', 'AssumeRole')?.kind).toBe('throttle');
    expect(faults.list()).toEqual([{ service: 'sts', kind: 'throttle', times: 1 }]);
    expect(faults.take('sts', 'AssumeRole')?.kind).toBe('throttle');
    expect(faults.take('sts', 'AssumeRole')).toBeUndefined();
    expect(faults.list()).toEqual([]);
  });

  it('goes on without end when no number is given', () => {
    const faults = createFaults();
    faults.replace([{ service: 'dynamodb', kind: '500' }]);
    const kinds = Array.from({ length: 50 }, () => faults.take('dynamodb', 'PutItem')?.kind);

    expect(new Set(kinds)).toEqual(new Set(['500']));
  });

  it('takes the first that fits, then the next', () => {
    const faults = createFaults();
    faults.replace([
      { service: 'sts', kind: 'throttle', times: 1 },
      { service: 'sts', kind: '500' },
    ]);

    expect(['', '', ''].map(() => faults.take('sts', 'AssumeRole')?.kind)).toEqual([
      'throttle',
      '500',
      '500',
    ]);
  });

  it('has none when they are cleared or replaced by none', () => {
    const faults = createFaults();
    faults.replace([{ service: 'sts', kind: '500' }]);
    faults.clear();

    expect(faults.take('sts', 'AssumeRole')).toBeUndefined();
  });
});

describe('parseFaults', () => {
  it('takes each kind where it can happen', () => {
    const dynamodb = faultKinds.map((kind) => ({ service: 'dynamodb', kind }));

    expect(parseFaults(dynamodb)).toEqual(dynamodb);
  });

  it.each([
    ['no list', {}, 'a list of faults'],
    [
      'no service',
      [{ kind: '500' }],
      'faults[0].service: allowed: sts, dynamodb, kms, iam, secretsmanager, lambda, events, s3, signin, identity-provider',
    ],
    [
      'an unknown service',
      [{ service: 'ec2', kind: '500' }],
      'allowed: sts, dynamodb, kms, iam, secretsmanager, lambda, events, s3, signin, identity-provider',
    ],
    ['an unknown kind', [{ service: 'sts', kind: 'boom' }], 'faults[0].kind: allowed: throttle, 500, reset'],
    ['a conditional STS', [{ service: 'sts', kind: 'conditional' }], 'faults[0].kind: allowed: throttle'],
    [
      'an identity provider that denies',
      [{ service: 'identity-provider', kind: 'accessdenied' }],
      'faults[0].kind: allowed: throttle',
    ],
    [
      'a misspelt operation',
      [{ service: 'sts', kind: '500', operation: 'Assumerole' }],
      'faults[0].operation: allowed: AssumeRole',
    ],
    [
      'no times',
      [{ service: 'sts', kind: '500', times: 0 }],
      'faults[0].times: allowed: a whole number from 1',
    ],
    ['half a time', [{ service: 'sts', kind: '500', times: 1.5 }], 'faults[0].times'],
    ['too long a delay', [{ service: 'sts', kind: 'slow', delayMs: 60_001 }], 'faults[0].delayMs'],
    ['an unknown field', [{ service: 'sts', kind: '500', time: 1 }], 'allowed: service, operation, kind'],
    ['too many', Array.from({ length: 101 }, () => ({ service: 'sts', kind: '500' })), 'at most 100'],
  ])('refuses %s and says what is allowed', (_name, value, message) => {
    expect(() => parseFaults(value)).toThrow(message);
  });

  it('names every wrong field at once', () => {
    expect(() => parseFaults([{ service: 'ec2', kind: 'boom' }])).toThrow(/service.*kind/);
  });
});
