import { describe, expect, it } from '@jest/globals';
import { DOMParser } from '@xmldom/xmldom';
import { AssertionRefusedError } from '../../../lambda/core/authentication-errors.ts';
import { ProofRegisterUnavailableError, TokenKeyUnavailableError } from '../../../lambda/core/errors.ts';
import { toPrincipalId } from '../../../lambda/core/principal-id.ts';
import { sha256 } from '../../../lambda/core/sha256.ts';
import { samlTokenAnswer } from '../../../lambda/http/saml-schemas.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { anEvent, type EventParts } from '../../support/an-event.ts';
import { aConsume, aSamlHandler } from '../../support/saml-handler.ts';

const formType = 'application/x-www-form-urlencoded';
const html = { Accept: ['text/html,application/xhtml+xml,*/*;q=0.8'] };
const requestId = `_${'ab'.repeat(16)}.corp`;
const cookie = (value: string) => ({ Cookie: [`__Host-daypass-saml=${value}`] });

const toForm = (fields: readonly (readonly [string, string])[]) =>
  new URLSearchParams(fields.map(([name, value]) => [name, value])).toString();
const aForm = toForm([['SAMLResponse', 'PHNhbWw+']]);

/** A browser's post, with changes. */
const aPost = ({ headers, ...parts }: EventParts = {}) =>
  anEvent('consumeSamlResponse', {
    ...{ body: aForm, authorizer: undefined, ...parts },
    headers: { 'Content-Type': [formType], ...headers },
  });

describe('POST /v1/saml/acs', () => {
  it('answers with a token, whose it is and until when', async () => {
    const { consume, requests } = aConsume();

    const { statusCode, headers, body } = await aSamlHandler({ consume }).handle(aPost());

    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({ 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    expect(JSON.parse(body)).toEqual({
      token: 'eyJ.header.signature',
      tokenType: 'Bearer',
      expiresAt: '2026-01-01T12:15:00.000Z',
      issuer: 'corp',
      subject: 'jane@example.com',
    });
    expect(samlTokenAnswer.safeParse(JSON.parse(body)).success).toBe(true);
    expect(requests).toEqual([{ samlResponse: 'PHNhbWw+' }]);
  });

  it('binds the response to the request in the cookie, and clears it', async () => {
    const { consume, requests } = aConsume();

    const { headers } = await aSamlHandler({ consume }).handle(aPost({ headers: cookie(requestId) }));

    expect(requests).toEqual([{ samlResponse: 'PHNhbWw+', requestId }]);
    expect(headers?.['Set-Cookie']).toBe(
      '__Host-daypass-saml=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=None',
    );
  });

  it.each([
    ['of another name', { Cookie: [`daypass-saml=${requestId}; __host-daypass-saml=${requestId}`] }],
    ['that was cleared', cookie('')],
    ['that is too short', cookie(requestId.slice(1))],
    ['that is too long', cookie(requestId.replace('.', '0.'))],
    ['without an issuer', cookie(requestId.replace('.corp', ''))],
    ['of an issuer that cannot be', cookie(`${requestId}_`)],
    ['in capitals', cookie(requestId.toUpperCase())],
    ['in quotes', cookie(`"${requestId}"`)],
    ['with markup', cookie('_"><Assertion/>')],
    ['whose name goes on', { Cookie: [`__Host-daypass-saml2=${requestId}`] }],
    ['whose name begins earlier', { Cookie: [`x__Host-daypass-saml=${requestId}`] }],
  ])('takes a cookie %s for none', async (_what, headers) => {
    const { consume, requests } = aConsume();

    await aSamlHandler({ consume }).handle(aPost({ headers }));

    expect(requests).toEqual([{ samlResponse: 'PHNhbWw+' }]);
  });

  it.each([
    ['one header', [`a=b; __Host-daypass-saml=${requestId}; __Host-daypass-saml=_${'cd'.repeat(16)}`]],
    ['two headers', [`__Host-daypass-saml=${requestId}`, `__Host-daypass-saml=_${'cd'.repeat(16)}`]],
  ])('takes the first of two cookies in %s', async (_what, Cookie) => {
    const { consume, requests } = aConsume();

    await aSamlHandler({ consume }).handle(aPost({ headers: { Cookie } }));

    expect(requests).toEqual([{ samlResponse: 'PHNhbWw+', requestId }]);
  });

  it('does not use RelayState, whatever it is', async () => {
    const { consume, requests } = aConsume();
    const body = toForm([
      ['SAMLResponse', 'PHNhbWw+'],
      ['RelayState', 'https://evil.example/\r\nSet-Cookie: a=b'],
    ]);

    const answers = [
      await aSamlHandler({ consume }).handle(aPost({ body })),
      await aSamlHandler({ consume }).handle(aPost({ body, headers: html })),
    ];

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(requests).toEqual([{ samlResponse: 'PHNhbWw+' }, { samlResponse: 'PHNhbWw+' }]);
    expect(JSON.stringify(answers)).not.toContain('evil');
  });

  const response = ['SAMLResponse', 'PHNhbWw+'] as const;
  const form = (...fields: (readonly [string, string])[]) => ({ body: toForm(fields) });
  const type = (...types: string[]) => ({ headers: { 'Content-Type': types } });

  it.each([
    ['no body', { body: null }, 400, 'invalid-request'],
    ['no SAMLResponse', form(['RelayState', 'x']), 400, 'invalid-request'],
    ['an empty SAMLResponse', form(['SAMLResponse', '']), 400, 'invalid-request'],
    ['two SAMLResponses', form(response, ['SAMLResponse', 'PHg+']), 400, 'invalid-request'],
    ['the same twice', form(response, response), 400, 'invalid-request'],
    ['a name of another case', form(['samlresponse', 'PHNhbWw+']), 400, 'invalid-request'],
    ['a field of its own', form(response, ['SAMLart', 'AAQ']), 400, 'invalid-request'],
    ['a member of every object', form(response, ['__proto__', 'x']), 400, 'invalid-request'],
    ['100 001 characters', form(['SAMLResponse', 'A'.repeat(100_001)]), 400, 'invalid-request'],
    [
      'a RelayState of 1025 characters',
      form(response, ['RelayState', 'A'.repeat(1025)]),
      400,
      'invalid-request',
    ],
    ['200 KB', form(['SAMLResponse', 'A'.repeat(200_000)]), 413, 'request-too-large'],
    [
      'JSON',
      { ...type('application/json'), body: '{"SAMLResponse":"PHNhbWw+"}' },
      415,
      'unsupported-media-type',
    ],
    ['a multipart form', type('multipart/form-data; boundary=x'), 415, 'unsupported-media-type'],
    ['plain text', type('text/plain'), 415, 'unsupported-media-type'],
    ['a type that goes on', type(`${formType}2`), 415, 'unsupported-media-type'],
    ['two types', type(formType, formType), 415, 'unsupported-media-type'],
    [
      'a body in base64',
      { isBase64Encoded: true, body: Buffer.from(aForm).toString('base64') },
      400,
      'invalid-request',
    ],
  ] as const)('is refused before anything is read when given %s', async (_what, parts, status, code) => {
    const { consume, requests } = aConsume();
    const { handle } = aSamlHandler({ consume });

    const { statusCode, headers, body } = await handle(aPost(parts));

    expect([statusCode, JSON.parse(body).code]).toEqual([status, code]);
    expect(headers?.['Content-Type']).toBe('application/problem+json');
    expect(requests).toEqual([]);
  });

  it('takes as many characters as it says', async () => {
    const { consume, requests } = aConsume();

    const body = toForm([['SAMLResponse', `${'A'.repeat(99_999)}=`]]);
    await aSamlHandler({ consume }).handle(aPost({ body }));

    expect(requests).toHaveLength(1);
  });

  it.each([
    [new AssertionRefusedError('replayed', { detail: 'used before' }), 401, 'saml-response-refused'],
    [new ProofRegisterUnavailableError('not now'), 503, 'replay-check-unavailable'],
    [new TokenKeyUnavailableError('not now'), 503, 'token-key-unavailable'],
  ] as const)('shows a refusal as a problem, to browsers too: %s', async (error, status, code) => {
    const { handle, logger } = aSamlHandler({ consume: () => Promise.reject(error) });

    const { statusCode, headers, body } = await handle(aPost({ headers: { ...html, ...cookie(requestId) } }));

    expect([statusCode, JSON.parse(body).code]).toEqual([status, code]);
    expect(headers?.['Content-Type']).toBe('application/problem+json');
    expect(body).not.toContain('used before');
    expect(logger.entries[0]?.fields).toMatchObject({ code, detail: error.detail });
  });

  it('logs which principal has which token, by ids that lead to the other lines', async () => {
    const { handle, logger } = aSamlHandler();

    await handle(aPost());

    expect(logger.entries[0]).toEqual({
      level: 'info',
      message: 'saml sign-in',
      fields: {
        gatewayRequestId: 'JKJaXmPLvHcESHA=',
        tokenSha256: sha256('eyJ.header.signature').toString('hex'),
        issuer: 'corp',
        principalId: toPrincipalId({ issuer: 'corp', subject: 'jane@example.com' }),
      },
    });
    expect(logger.entries[1]?.fields).toMatchObject({ gatewayRequestId: 'JKJaXmPLvHcESHA=' });
  });

  it('logs the issuer of a refused response, and no sign-in', async () => {
    const error = new AssertionRefusedError('expired', { detail: 'too old', issuer: 'corp' });
    const { handle, logger } = aSamlHandler({ consume: () => Promise.reject(error) });

    const { body } = await handle(aPost());

    expect(logger.entries.map(({ message, fields }) => [message, fields['detail']])).toEqual([
      ['request', 'expired: corp: too old'],
    ]);
    expect(body).not.toContain('corp');
  });

  it('logs neither response nor token nor cookie nor subject', async () => {
    const { handle, logger } = aSamlHandler();

    await handle(aPost({ headers: cookie(requestId) }));

    expect(logger.entries).toHaveLength(2);
    expect(JSON.stringify(logger.entries)).not.toMatch(/PHNhbWw|eyJ|abab|jane/);
  });
});

describe('the page for a browser that a terminal sent', () => {
  const state = 'aZ09_-'.repeat(4);
  const handoff = `${requestId}.50123.${state}`;
  const show = async (headers: EventParts['headers'], consume = aConsume().consume, body = aForm) => {
    const answer = await aSamlHandler({ consume }).handle(aPost({ headers: { ...html, ...headers }, body }));
    return { ...answer, page: parse(answer.body), headers: answer.headers ?? {} };
  };
  const directiveOf = (headers: Readonly<Record<string, unknown>>, name: string) =>
    String(headers['Content-Security-Policy'])
      .split('; ')
      .find((directive) => directive.startsWith(`${name} `));

  it('has one form, which posts token and state to its port and nowhere else', async () => {
    const { page, headers, body } = await show(cookie(handoff));

    const [form, ...more] = Array.from(page.getElementsByTagName('form'));
    expect(more).toEqual([]);
    expect(form?.getAttribute('method')).toBe('post');
    expect(form?.getAttribute('action')).toBe('http://127.0.0.1:50123/callback');
    const inputs = Array.from(form?.getElementsByTagName('input') ?? []);
    expect(inputs.map((one) => ['type', 'name', 'value'].map((name) => one.getAttribute(name)))).toEqual([
      ['hidden', 'token', 'eyJ.header.signature'],
      ['hidden', 'state', state],
    ]);
    expect(directiveOf(headers, 'form-action')).toBe('form-action http://127.0.0.1:50123/callback');
    expect(headers['Set-Cookie']).toContain('Max-Age=0');
    expect(body).not.toMatch(/<(script|a|img|link|iframe)\b|http-equiv|\son[a-z]+=/);
  });

  it('waits for a click, beside the code that the terminal shows, with the token to copy as before', async () => {
    const { page } = await show(cookie(handoff));

    const form = page.getElementsByTagName('form')[0];
    expect(form?.getElementsByTagName('button')).toHaveLength(1);
    expect(form?.getElementsByTagName('code')[0]?.textContent).toBe(state.slice(0, 8));
    expect(page.getElementsByTagName('textarea')[0]?.textContent).toBe('eyJ.header.signature');
  });

  it.each([
    ['has no cookie', {}],
    ['has the cookie of a request without a terminal', cookie(requestId)],
    ['has a cookie that was cleared', cookie('')],
    ...['80', '1023', '65536', '99999', '050123', '50123 ', '', '@evil.example'].map(
      (port) => [`has the port ${JSON.stringify(port)}`, cookie(`${requestId}.${port}.${state}`)] as const,
    ),
    ...[
      '',
      'a'.repeat(21),
      'a'.repeat(65),
      `${state}"><script>alert(1)</script>`,
      `${state}.x`,
      `${state}'`,
    ].map(
      (secret) =>
        [`has the state ${JSON.stringify(secret)}`, cookie(`${requestId}.50123.${secret}`)] as const,
    ),
    ['has a port and no state', cookie(`${requestId}.50123`)],
  ] as const)('has no form where the browser %s', async (_what, headers) => {
    const { statusCode, page, headers: answered, body } = await show(headers);

    expect(statusCode).toBe(200);
    expect(page.getElementsByTagName('form')).toHaveLength(0);
    expect(directiveOf(answered, 'form-action')).toBe("form-action 'none'");
    expect(body).not.toMatch(/127\.0\.0\.1|evil|alert/);
  });

  it('has no form for a response that nobody asked for, whatever the browser has under way', async () => {
    const { consume } = aConsume({ answersRequest: false });

    const { page, headers } = await show(cookie(handoff), consume);

    expect(page.getElementsByTagName('form')).toHaveLength(0);
    expect(directiveOf(headers, 'form-action')).toBe("form-action 'none'");
  });

  it.each([
    ['RelayState', '50123.aaaaaaaaaaaaaaaaaaaaaaaa', 200],
    ['RelayState', `port=50123&state=${state}`, 200],
    ['port', '50123', 400],
    ['state', state, 400],
  ] as const)(
    'takes neither port nor state from the field %s of the response',
    async (name, value, status) => {
      const fields = [['SAMLResponse', 'PHNhbWw+'] as const, [name, value] as const];

      const { statusCode, body } = await aSamlHandler().handle(
        aPost({ headers: { ...html, ...cookie(requestId) }, body: toForm(fields) }),
      );

      expect(statusCode).toBe(status);
      expect(body).not.toMatch(/<form|127\.0\.0\.1/);
    },
  );

  it('takes neither from the address, and none of them stands in a log line', async () => {
    const { handle, logger } = aSamlHandler();

    const { body } = await handle(
      aPost({ headers: html, query: { port: ['50123'], state: [state] } } as EventParts),
    );
    await handle(aPost({ headers: { ...html, ...cookie(handoff) } }));

    expect(body).not.toMatch(/<form|127\.0\.0\.1/);
    expect(JSON.stringify(logger.entries)).not.toMatch(/50123|aZ09_-aZ09/);
  });

  it('is no matter of JSON, which a program asks for itself', async () => {
    const answer = await aSamlHandler().handle(aPost({ headers: cookie(handoff) }));

    expect(JSON.parse(answer.body)).not.toHaveProperty('state');
    expect(answer.body).not.toContain('127.0.0.1');
  });
});

describe('the page for browsers', () => {
  it('shows who signed in, until when, and the token to copy', async () => {
    const { statusCode, headers, body } = await aSamlHandler().handle(
      aPost({ headers: { ...html, ...cookie(requestId) } }),
    );

    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Set-Cookie': expect.stringContaining('Max-Age=0'),
    });
    expect(headers?.['Content-Security-Policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(String(headers?.['Content-Security-Policy'])).not.toContain('unsafe');
    const page = parse(body);
    expect(page.getElementsByTagName('textarea')[0]?.textContent).toBe('eyJ.header.signature');
    expect(page.documentElement.textContent).toContain('jane@example.com');
    expect(page.documentElement.textContent).toContain('2026-01-01T12:15:00.000Z');
    expect(page.documentElement.textContent).toContain('https://daypass.example.com/v1/profiles');
    expect(body).not.toMatch(/<(script|a|form|img|link|iframe)\b|https?:\/\/(?!daypass)/);
  });

  it.each([
    '</strong><script>alert(1)</script>',
    '"onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    '<!--',
    '&lt;script&gt;',
  ])('shows %s as text', async (hostile) => {
    const principal = aPrincipal({ issuer: hostile, subject: hostile });
    const token = `</textarea>${hostile}`;

    const plain = await aSamlHandler().handle(aPost({ headers: html }));
    const { body } = await aSamlHandler({ consume: aConsume({ principal, token }).consume }).handle(
      aPost({ headers: html }),
    );

    const page = parse(body);
    expect(elementNames(page)).toEqual(elementNames(parse(plain.body)));
    expect(Array.from(page.getElementsByTagName('strong')).map((one) => one.textContent)).toEqual([
      hostile,
      hostile,
    ]);
    expect(page.getElementsByTagName('textarea')[0]?.textContent).toBe(token);
  });

  it.each(['application/json', '*/*', 'text/htmlx', ''])('is not for who accepts %j', async (accept) => {
    const { headers } = await aSamlHandler().handle(aPost({ headers: { Accept: [accept] } }));

    expect(headers?.['Content-Type']).toBe(
      accept === 'text/htmlx' ? 'text/html; charset=utf-8' : 'application/json',
    );
  });
});

/** The page is well-formed XML but for what HTML leaves open. */
function parse(page: string): Document {
  const raise = (message: string): never => {
    throw new Error(message);
  };
  const closed = page
    .replace('<!doctype html>', '')
    .replace(/<meta [^>]*>/g, '')
    .replace(/<input ([^>]*)>/g, '<input $1/>')
    .replace('readonly spellcheck', 'readonly="" spellcheck');
  const errorHandler = { warning: raise, error: raise, fatalError: raise };
  return new DOMParser({ errorHandler }).parseFromString(closed, 'text/xml');
}

const elementNames = (page: Document) =>
  Array.from(page.getElementsByTagName('*')).map((one) => [one.tagName, one.attributes.length]);
