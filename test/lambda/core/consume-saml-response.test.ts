import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { createSamlResponseVerifier } from '../../../lambda/adapters/saml-response-verifier.ts';
import type { SamlIssuer } from '../../../lambda/core/configuration.ts';
import { createConsumeSamlResponse } from '../../../lambda/core/consume-saml-response.ts';
import type { SingleUseProof } from '../../../lambda/core/ports.ts';
import { maxTokenLength } from '../../../lambda/core/read-token.ts';
import { sha256 } from '../../../lambda/core/sha256.ts';
import { aSamlKey } from '../../support/saml-keys.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import {
  aSamlIssuer,
  aSamlResponse,
  at,
  brokerUrl,
  type SamlResponseFields,
} from '../../support/saml-response.ts';
import { signSaml } from '../../support/saml-signing.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

const key = aSamlKey();
const toBase64 = (text: string) => Buffer.from(text).toString('base64');
const aPosted = (changes: Partial<SamlResponseFields> = {}) =>
  toBase64(signSaml(aSamlResponse(changes), key));

interface SignedToken {
  readonly type: string;
  readonly claims: object;
}

/** The real verifier, a register in memory, and a signer that shows what it was given. */
function aConsumer(issuer: Partial<SamlIssuer> = {}) {
  const saml = aSamlIssuer([key.certificate], issuer);
  const consumed: SingleUseProof[] = [];
  const signed: SignedToken[] = [];
  const consume = createConsumeSamlResponse({
    verifier: createSamlResponseVerifier({ issuers: new Map([['adfs', saml]]), now: () => nowMs }),
    proofs: {
      consume: async (proof) => {
        const isFirst = consumed.every(({ id }) => id !== proof.id);
        consumed.push(proof);
        return isFirst;
      },
    },
    signer: {
      sign: async (token) => {
        signed.push(token);
        return `token-${signed.length}`;
      },
    },
    url: brokerUrl,
    now: () => nowMs,
    newTokenId: () => 'token-id',
  });
  return { consume, consumed, signed };
}

describe('consumeSamlResponse', () => {
  it('gives a token of the broker for the principal, and remembers the assertion', async () => {
    const { consume, consumed, signed } = aConsumer();

    const answer = await consume({ samlResponse: aPosted() });

    expect(answer).toMatchObject({
      token: 'token-1',
      principal: { issuer: 'adfs', subject: 'alice@example.com', claims: { team: 'payments' } },
      expiresAtSeconds: nowSeconds + 900,
      issuer: { name: 'adfs' },
      answersRequest: false,
    });
    expect(signed).toEqual([
      {
        type: 'daypass+jwt',
        claims: {
          iss: brokerUrl,
          aud: brokerUrl,
          sub: 'alice@example.com',
          jti: 'token-id',
          iat: nowSeconds,
          exp: nowSeconds + 900,
          principal: answer.principal,
        },
      },
    ]);
    expect(consumed).toEqual([
      { id: sha256('saml\0adfs\0_assertion').toString('base64url'), expiresAtSeconds: nowSeconds - 5 + 600 },
    ]);
  });

  it('takes the answer to the request that the browser came with', async () => {
    const { consume } = aConsumer({ idpInitiated: false });

    const answer = await consume({
      samlResponse: aPosted({ inResponseTo: '_r.adfs' }),
      requestId: '_r.adfs',
    });

    expect(answer).toMatchObject({ token: 'token-1', answersRequest: true });
  });

  it('tells one that nobody asked for from the answer, whatever the browser came with', async () => {
    const { consume } = aConsumer();

    const answer = await consume({ samlResponse: aPosted(), requestId: '_r.adfs' });

    expect(answer).toMatchObject({ token: 'token-1', answersRequest: false });
  });

  it.each([
    ['line feeds', '\n'],
    ['carriage returns and line feeds', '\r\n'],
  ])('takes base64 in lines, parted by %s', async (_, lineBreak) => {
    const samlResponse = aPosted().replace(/.{76}/g, (line) => line + lineBreak);

    expect((await aConsumer().consume({ samlResponse })).token).toBe('token-1');
  });

  it.each([
    ['empty', () => ''],
    ['line breaks alone', () => '\r\n'],
    ['with spaces', () => aPosted().replace(/.{76}/, '$& ')],
    ['with a lone carriage return', () => aPosted().replace(/.{76}/, '$&\r')],
    [
      'in base64url',
      () => toBase64(`${aSamlResponse()}\n\n??>>~~`).replaceAll('+', '-').replaceAll('/', '_'),
    ],
    ['without padding', () => toBase64('<a/>').replaceAll('=', '')],
    ['with too much padding', () => `${toBase64('<a/>')}=`],
    ['with spare bits', () => 'PGEvPn=='],
    ['with something behind the padding', () => `${toBase64('<a/>')}AAAA`],
    ['as XML', () => aSamlResponse()],
    // In latin1 each byte is a character: the mark between two elements becomes a byte that UTF-8 does not have.
    [
      'with a byte that is no UTF-8, outside of what is signed',
      () =>
        Buffer.from(
          signSaml(aSamlResponse(), key).replace('<samlp:Status>', '<samlp:Status>\xff'),
          'latin1',
        ).toString('base64'),
    ],
    ['of UTF-16', () => Buffer.from(aSamlResponse(), 'utf16le').toString('base64')],
  ])('refuses a response %s', async (_, samlResponse) => {
    const { consume, consumed, signed } = aConsumer();

    const reason = await assertionRefusalOf(() => consume({ samlResponse: samlResponse() }));

    expect(reason).toBe('malformed-response');
    expect([consumed, signed]).toEqual([[], []]);
  });

  it.each<[string, Partial<SamlResponseFields>, Partial<SamlIssuer>]>([
    ['signature', {}, { certificates: [aSamlKey().certificate] }],
    ['destination', { destination: 'https://other.example/acs' }, {}],
    ['recipient', { recipient: undefined }, {}],
    ['audience', { audiences: [] }, {}],
    ['expired', { notOnOrAfter: at(-1) }, {}],
    ['not-yet-valid', { issueInstant: at(60) }, {}],
    ['in-response-to', { inResponseTo: '_r' }, {}],
    ['in-response-to', {}, { idpInitiated: false }],
    ['subject', { nameId: 'alice&#x200B;' }, {}],
    ['claim', { attributes: { team: ['a', 'b'] } }, {}],
    ['principal-too-large', { attributes: { groups: ['x'.repeat(5000)] } }, {}],
  ])('consumes and signs nothing of a refused response: %s', async (reason, changes, issuer) => {
    const { consume, consumed, signed } = aConsumer(issuer);

    expect(await assertionRefusalOf(() => consume({ samlResponse: aPosted(changes) }))).toBe(reason);
    expect([consumed, signed]).toEqual([[], []]);
  });

  it('names the issuer of a refused response in what is logged', async () => {
    const consumed = aConsumer().consume({ samlResponse: aPosted({ notOnOrAfter: at(-1) }) });

    await expect(consumed).rejects.toMatchObject({
      issuer: 'adfs',
      detail: expect.stringMatching(/^expired: adfs: /),
    });
  });

  it('consumes nothing of somebody who is not admitted', async () => {
    const admit = { version: '2012-10-17', statements: [] } as unknown as NonNullable<SamlIssuer['admit']>;
    const { consume, consumed, signed } = aConsumer({ admit });

    expect(await assertionRefusalOf(() => consume({ samlResponse: aPosted() }))).toBe('not-admitted');
    expect([consumed, signed]).toEqual([[], []]);
  });

  it('refuses a subject that would make the token too long, and leaves it unused', async () => {
    const { consume, consumed } = aConsumer();
    const samlResponse = aPosted({ nameId: '語'.repeat(1024) });

    expect(await assertionRefusalOf(() => consume({ samlResponse }))).toBe('principal-too-large');
    expect(consumed).toEqual([]);
  });

  it('makes no token that the authorizer would find too long', async () => {
    const { consume, signed } = aConsumer();

    await consume({ samlResponse: aPosted({ attributes: { groups: ['x'.repeat(3800)] } }) });

    const payload = Buffer.from(JSON.stringify(signed[0]?.claims)).toString('base64url');
    expect(payload.length + 1024).toBeLessThanOrEqual(maxTokenLength);
  });
});

describe('replays of a SAML response', () => {
  it('are refused', async () => {
    const { consume, signed } = aConsumer();
    const samlResponse = aPosted();
    await consume({ samlResponse });

    expect(await assertionRefusalOf(() => consume({ samlResponse }))).toBe('replayed');
    expect(signed).toHaveLength(1);
  });

  it('are refused in another form of the same text', async () => {
    const { consume } = aConsumer();
    const xml = signSaml(aSamlResponse(), key);
    await consume({ samlResponse: toBase64(xml) });

    const again = xml
      .replace('ID="_response"', 'ID="_another"')
      .replace('</samlp:Response>', ' </samlp:Response>');
    expect(await assertionRefusalOf(() => consume({ samlResponse: toBase64(again) }))).toBe('replayed');
  });

  it('are refused when all come at once, but for one', async () => {
    const { consume, signed } = aConsumer();
    const samlResponse = aPosted();

    const reasons = await Promise.all(
      Array.from({ length: 10 }, () => assertionRefusalOf(() => consume({ samlResponse }))),
    );

    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'replayed')).toHaveLength(9);
    expect(signed).toHaveLength(1);
  });
});
