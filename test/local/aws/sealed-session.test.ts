import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { type Session, sealSession, unsealSession } from '../../../local/aws/sealed-session.ts';

const key = randomBytes(32);
const session: Session = {
  type: 'role',
  accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
  roleArn: 'arn:aws:iam::111111111111:role/R',
  sessionName: 'alice',
  issuedAtSeconds: 1,
  expiresAtSeconds: 3601,
  tags: { Team: 'web' },
  transitiveTagKeys: ['Team'],
  sourceIdentity: 'alice',
  policyArns: [],
};

describe('a sealed session', () => {
  it('opens as it was', () => {
    expect(unsealSession(sealSession(session, key), key)).toEqual(session);
  });

  it.each<Session>([
    {
      type: 'federated-user',
      accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
      issuedAtSeconds: 1,
      expiresAtSeconds: 3601,
      userArn: 'arn:aws:iam::111111111111:user/federator',
      name: 'alice',
      tags: {},
      policyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      policy: '{}',
    },
    {
      type: 'user',
      accessKeyId: 'ASIAAAAAAAAAAAAAAAAA',
      issuedAtSeconds: 1,
      expiresAtSeconds: 3601,
      userArn: 'arn:aws:iam::111111111111:user/alice',
      mfaAuthenticated: true,
    },
  ])('opens as it was, of a $type', (other) => {
    expect(unsealSession(sealSession(other, key), key)).toEqual(other);
  });

  it('does not open as what it is not', () => {
    const { type: _type, ...untyped } = session;

    for (const changes of [
      { type: 'user' },
      { type: 'federated-user' },
      { mfaAuthenticated: true },
      untyped,
    ]) {
      const sealed = sealSession({ ...(changes === untyped ? {} : session), ...changes } as Session, key);
      expect(unsealSession(sealed, key)).toBeUndefined();
    }
  });

  it('is another text each time', () => {
    expect(sealSession(session, key)).not.toBe(sealSession(session, key));
  });

  it('shows nothing of what it holds', () => {
    const bytes = Buffer.from(sealSession(session, key), 'base64').toString('latin1');

    expect(bytes).not.toContain('alice');
    expect(bytes).not.toContain('ASIA');
  });

  it('does not open with another key', () => {
    expect(unsealSession(sealSession(session, key), randomBytes(32))).toBeUndefined();
  });

  it('does not open when any bit of it is changed', () => {
    const bytes = Buffer.from(sealSession(session, key), 'base64');

    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        expect(unsealSession(changed.toString('base64'), key)).toBeUndefined();
      }),
    );
  });

  it.each(['', ' ', '=', 'AQ==', 'AQ', 'x'.repeat(5000)])('is not %j', (token) => {
    expect(unsealSession(token, key)).toBeUndefined();
  });

  it.each([
    ['without its padding', (token: string) => `${token}=`],
    ['with a space', (token: string) => ` ${token}`],
    ['cut short', (token: string) => token.slice(0, -4)],
    ['in the alphabet of URLs', (token: string) => `${token.slice(0, -4)}-_-_`],
  ])('does not open %s', (_name, change) => {
    expect(unsealSession(change(sealSession(session, key)), key)).toBeUndefined();
  });
});
