import { describe, expect, it } from '@jest/globals';
import type { SamlIssuer } from '../../../lambda/core/configuration.ts';
import type { SamlAssertion } from '../../../lambda/core/saml-assertion.ts';
import { toSamlPrincipal } from '../../../lambda/core/to-saml-principal.ts';
import { aVerifiedResponse } from '../../support/a-saml-assertion.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import { aSamlIssuer } from '../../support/saml-response.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const principalOf = (assertion: Partial<SamlAssertion> = {}, issuer: Partial<SamlIssuer> = {}) =>
  toSamlPrincipal(aVerifiedResponse(assertion), aSamlIssuer([], issuer), nowMs);

const refusal = (assertion: Partial<SamlAssertion>, issuer: Partial<SamlIssuer> = {}) =>
  assertionRefusalOf(() => principalOf(assertion, issuer));

const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
const ofNameId = (value: string, format?: string) => ({
  nameId: format === undefined ? { value } : { value, format },
});

describe('toSamlPrincipal', () => {
  it('carries issuer name, subject, listed attributes and times, and nothing else of the assertion', () => {
    const attributes = new Map([
      ['groups', ['b', 'a']],
      ['team', ['payments']],
      ['mail', ['alice@example.com']],
    ]);

    expect(principalOf({ attributes })).toEqual({
      issuer: 'adfs',
      subject: 'alice@example.com',
      claims: { groups: ['b', 'a'], team: 'payments' },
      mfa: false,
      authTime: nowSeconds - 30,
      issuedAt: nowSeconds - 5,
      expiresAt: nowSeconds + 900,
    });
  });

  it('takes the subject as it is', () => {
    expect(principalOf(ofNameId('Alice  de Zoë')).subject).toBe('Alice  de Zoë');
    expect(principalOf(ofNameId('x'.repeat(1024))).subject).toHaveLength(1024);
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(1025)],
    ['with a space at its end', 'alice '],
    ['with a zero-width space', 'alice\u200b'],
    ['with a direction override', 'alice\u202e'],
    ['with a line feed', 'alice\n'],
    ['with a soft hyphen', 'al\u00adice'],
    ['with half a character', 'alice\ud800'],
  ])('refuses a subject %s', async (_, value) => {
    expect(await refusal(ofNameId(value))).toBe('subject');
    const attributes = new Map([['upn', [value]]]);
    expect(await refusal({ attributes }, { subjectAttribute: 'upn' })).toBe('subject');
  });

  it('refuses an assertion without NameID', async () => {
    const { nameId: _, ...assertion } = aVerifiedResponse().assertion;
    const response = { ...aVerifiedResponse(), assertion };

    expect(await assertionRefusalOf(() => toSamlPrincipal(response, aSamlIssuer([]), nowMs))).toBe('subject');
  });

  it('refuses a NameID that is another at each sign-in, unless an attribute is the subject', async () => {
    const assertion = { ...ofNameId('_1', transient), attributes: new Map([['upn', ['alice']]]) };

    expect(await refusal(assertion)).toBe('subject');
    expect(principalOf(assertion, { subjectAttribute: 'upn' }).subject).toBe('alice');
  });

  it.each<[string, readonly (readonly [string, readonly string[]])[]]>([
    ['is missing', []],
    ['has no value', [['upn', []]]],
    ['has two values', [['upn', ['alice', 'bob']]]],
    ['has one value twice', [['upn', ['alice', 'alice']]]],
    ['has its name in other letters', [['UPN', ['alice']]]],
  ])('refuses a subject attribute that %s, whatever the NameID is', async (_, attributes) => {
    expect(await refusal({ attributes: new Map(attributes) }, { subjectAttribute: 'upn' })).toBe('subject');
  });

  it('leaves an absent attribute out and keeps an empty list', () => {
    expect(principalOf({ attributes: new Map([['groups', []]]) }).claims).toEqual({ groups: [] });
  });

  it.each([[[]], [['a', 'b']]])('refuses the values %j of a claim that is one string', async (values) => {
    expect(await refusal({ attributes: new Map([['team', values]]) })).toBe('claim');
  });

  it('refuses more than can be carried', async () => {
    const attributes = new Map([['groups', ['x'.repeat(4096)]]]);

    expect(await refusal({ attributes })).toBe('principal-too-large');
  });
});

describe('MFA and times of a SAML principal', () => {
  const mfa = { authnContexts: ['urn:two'], authnMethods: ['urn:mfa'] };
  const methods = 'http://schemas.microsoft.com/claims/authnmethodsreferences';
  const ofContext = (...refs: readonly string[]) => ({
    authnStatements: refs.map((contextClassRef) => ({ authnInstantMs: nowMs, contextClassRef })),
  });

  it.each<[boolean, string, Partial<SamlAssertion>, SamlIssuer['mfa']]>([
    [true, 'a listed context', ofContext('urn:two'), mfa],
    [true, 'a listed context of one of two sign-ins', ofContext('urn:one', 'urn:two'), mfa],
    [true, 'a listed method', { attributes: new Map([[methods, ['urn:pwd', 'urn:mfa']]]) }, mfa],
    [false, 'another context', ofContext('urn:two-not'), mfa],
    [false, 'no context', { authnStatements: [{ authnInstantMs: nowMs }] }, mfa],
    [false, 'another method', { attributes: new Map([[methods, ['urn:pwd']]]) }, mfa],
    [false, 'a listed method in another attribute', { attributes: new Map([['amr', ['urn:mfa']]]) }, mfa],
    [false, 'nothing listed', ofContext('urn:two'), { authnContexts: [], authnMethods: [] }],
  ])('is %s with %s', (expected, _, assertion, settings) => {
    expect(principalOf(assertion, { mfa: settings }).mfa).toBe(expected);
  });

  it('expires with the session where that ends sooner', () => {
    const ofSession = (seconds: number) =>
      principalOf({
        authnStatements: [
          { authnInstantMs: nowMs },
          { authnInstantMs: nowMs, sessionNotOnOrAfterMs: nowMs + seconds * 1000 },
        ],
      }).expiresAt;

    expect(ofSession(60)).toBe(nowSeconds + 60);
    expect(ofSession(3600)).toBe(nowSeconds + 900);
  });

  it('has the time of the oldest sign-in', () => {
    const authnStatements = [{ authnInstantMs: nowMs - 1000 }, { authnInstantMs: nowMs - 90_000 }];

    expect(principalOf({ authnStatements }).authTime).toBe(nowSeconds - 90);
  });

  it('has no time of a sign-in that is to come', () => {
    const ofInstant = (ms: number) => principalOf({ authnStatements: [{ authnInstantMs: ms }] }).authTime;

    expect(ofInstant(nowMs + 5000)).toBe(nowSeconds + 5);
    expect(ofInstant(nowMs + 6000)).toBeUndefined();
  });
});
