import { describe, expect, it } from '@jest/globals';
import {
  toPrincipalContext,
  toProfileContext,
  toRequestContext,
} from '../../../lambda/core/request-context.ts';
import { aProfile } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

describe('toPrincipalContext', () => {
  it('has what the proof says, under keys in lower case', () => {
    const principal = aPrincipal({ claims: { Team: 'web', groups: ['a', 'b'] }, authTime: nowSeconds - 90 });

    expect(Object.fromEntries(toPrincipalContext(principal, nowMs + 999))).toEqual({
      'daypass:issuer': 'okta',
      'daypass:subject': 'alice@example.com',
      'daypass:multifactorauthpresent': 'true',
      'daypass:multifactorauthage': '90',
      'daypass:authtime': '2025-12-31T23:58:30Z',
      'daypass:tokenage': '60',
      'claims:team': 'web',
      'claims:groups': ['a', 'b'],
    });
  });

  it('has no age of a second factor that was not there, and says that it was not', () => {
    const context = toPrincipalContext(aPrincipal({ mfa: false, authTime: nowSeconds }), nowMs);

    expect(context.get('daypass:multifactorauthpresent')).toBe('false');
    expect(context.has('daypass:multifactorauthage')).toBe(false);
  });

  it('lets no claim stand for a key of its own', () => {
    const claims = { 'daypass:Issuer': 'x', Subject: 'root', __proto__: 'x' };

    const context = toPrincipalContext(aPrincipal({ claims }), nowMs);

    expect(context.get('daypass:issuer')).toBe('okta');
    expect(context.get('daypass:subject')).toBe('alice@example.com');
  });
});

describe('toRequestContext', () => {
  it('adds the address and the time, and nothing that a client can set', () => {
    const context = toRequestContext(
      aPrincipal(),
      anOrigin({ userAgent: 'x', gatewayRequestId: 'y' }),
      nowMs,
    );

    expect(context.get('daypass:sourceip')).toBe('203.0.113.7');
    expect(context.get('daypass:currenttime')).toBe('2026-01-01T00:00:00Z');
    expect(context.get('daypass:epochtime')).toBe(String(nowSeconds));
    expect([...context.values()]).not.toEqual(expect.arrayContaining(['x']));
    expect([...context.values()]).not.toEqual(expect.arrayContaining(['y']));
  });
});

describe('toProfileContext', () => {
  const request = toRequestContext(aPrincipal(), anOrigin(), nowMs);

  it('adds what is asked for, the default duration where none is', () => {
    const context = toProfileContext(request, { principal: aPrincipal(), profile: aProfile() }, {});

    expect(context.get('daypass:profile')).toBe('prod-readonly');
    expect(context.get('daypass:requestedduration')).toBe('900');
    expect(context.has('daypass:reason')).toBe(false);
  });

  it('adds the reason, and leaves the context of the next profile as it was', () => {
    const context = toProfileContext(
      request,
      { principal: aPrincipal(), profile: aProfile() },
      { durationSeconds: 1000, reason: 'INC-1' },
    );

    expect(context.get('daypass:requestedduration')).toBe('1000');
    expect(context.get('daypass:reason')).toBe('INC-1');
    expect(request.has('daypass:profile')).toBe(false);
  });
});
