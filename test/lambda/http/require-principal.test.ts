import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { ProofExpiredError } from '../../../lambda/core/errors.ts';
import { requirePrincipal } from '../../../lambda/http/require-principal.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { anEvent, authorizedAs } from '../../support/an-event.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const principalOf = (authorizer: Readonly<Record<string, unknown>> | undefined, atMs = nowMs) =>
  requirePrincipal(anEvent('whoami', { authorizer }), atMs);

describe('principal', () => {
  it('is what the authorizer proved, whole', () => {
    const principal = aPrincipal({
      subject: 'a\u00fcl \u{1F600}|x',
      claims: { groups: ['sre', 'on call'], team: 'payments', none: [] },
      authTime: nowSeconds - 100,
    });

    expect(principalOf(authorizedAs(principal))).toEqual(principal);
  });

  it('holds until its expiry and no longer', () => {
    const authorizer = authorizedAs(aPrincipal({ expiresAt: nowSeconds }));

    expect(principalOf(authorizer, nowMs - 1)).toMatchObject({ expiresAt: nowSeconds });
    expect(() => principalOf(authorizer, nowMs)).toThrow(ProofExpiredError);
  });

  it.each([
    ['no context', undefined],
    ['an empty one', {}],
    ['an object instead of a string', { principal: aPrincipal() }],
    ['a principal by another name', { Principal: JSON.stringify(aPrincipal()) }],
    ['API Gateway’s own member', { principalId: JSON.stringify(aPrincipal()) }],
  ])('is missing, which no caller can cause, with %s', (_what, authorizer) => {
    expect(() => principalOf(authorizer)).toThrow(TypeError);
  });

  it.each([
    ['text', 'CANARY'],
    ['a JSON array', '["CANARY"]'],
    ['null', 'null'],
    ['no issuer', JSON.stringify({ ...aPrincipal(), issuer: undefined, claims: { a: 'CANARY' } })],
    ['an empty issuer', JSON.stringify(aPrincipal({ issuer: '', subject: 'CANARY' }))],
    ['an empty subject', JSON.stringify(aPrincipal({ subject: '', issuer: 'CANARY' }))],
    ['mfa as text', JSON.stringify({ ...aPrincipal(), mfa: 'true', subject: 'CANARY' })],
    ['a claim of another type', JSON.stringify({ ...aPrincipal(), claims: { a: { b: 'CANARY' } } })],
    ['a number among a claim’s values', JSON.stringify({ ...aPrincipal(), claims: { CANARY: ['x', 1] } })],
    ['an unknown member', JSON.stringify({ ...aPrincipal(), CANARY: true })],
    ['no expiry', JSON.stringify({ ...aPrincipal({ subject: 'CANARY' }), expiresAt: undefined })],
    ['an expiry as text', JSON.stringify({ ...aPrincipal({ subject: 'CANARY' }), expiresAt: '9e9' })],
    [
      'an endless expiry',
      JSON.stringify(aPrincipal({ subject: 'CANARY' })).replace(/("expiresAt":)\d+/, '$11e400'),
    ],
  ])('is refused as a defect that quotes nothing of it with %s', (_what, principal) => {
    let thrown: unknown;
    try {
      principalOf({ principal });
    } catch (error) {
      thrown = error;
    }

    expect(thrown).toBeInstanceOf(TypeError);
    expect(thrown).not.toHaveProperty('cause');
    expect(String(thrown)).not.toContain('CANARY');
  });

  it('survives the way through the context unchanged, whatever its subject and claims hold', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })));
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.dictionary(name, value),
        (subject, claims) => {
          const principal = aPrincipal({ subject, claims });

          expect(principalOf(authorizedAs(principal))).toEqual(principal);
        },
      ),
      { numRuns: 200 },
    );
  });
});
