import { describe, expect, it } from '@jest/globals';
import {
  InvalidRequestError,
  RequestTooLargeError,
  UnsupportedMediaTypeError,
} from '../../../lambda/core/errors.ts';
import { routes } from '../../../lambda/http/routes.ts';
import { toOpenRequest } from '../../../lambda/http/to-open-request.ts';
import { anEvent, type EventParts } from '../../support/an-event.ts';

const formType = { 'Content-Type': ['application/x-www-form-urlencoded'] };

function read(operation: 'getHealth' | 'consumeSamlResponse', parts: EventParts = {}) {
  const route = routes.find((one) => one.operation === operation);
  if (route === undefined) throw new TypeError(`no route ${operation}`);
  return toOpenRequest(anEvent(operation, { authorizer: undefined, ...parts }), route);
}

const readForm = (body: string, parts: EventParts = {}) =>
  read('consumeSamlResponse', { body, headers: formType, ...parts }).form;

describe('an open request', () => {
  it('has parameters alone, each with every value', () => {
    expect(read('getHealth', { query: { a: ['1', '2'], b: [''] } })).toEqual({
      query: { a: ['1', '2'], b: [''] },
      form: {},
      cookies: new Map(),
      prefersHtml: false,
      gatewayRequestId: 'JKJaXmPLvHcESHA=',
    });
  });

  it('has none where API Gateway writes null', () => {
    const changes = { multiValueQueryStringParameters: null, multiValueHeaders: null, headers: null };

    expect(read('getHealth', { changes })).toMatchObject({
      query: {},
      cookies: new Map(),
      prefersHtml: false,
    });
  });

  it('takes no form, and reads no body, where the route has none', () => {
    expect(read('getHealth', { body: 'a=1', headers: formType }).form).toEqual({});
  });

  it.each([
    ['a browser’s', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['curl’s', '*/*', false],
    ['an SDK’s', 'application/json', false],
  ])('prefers HTML by %s Accept', (_what, accept, prefersHtml) => {
    expect(read('getHealth', { headers: { Accept: [accept] } }).prefersHtml).toBe(prefersHtml);
  });
});

describe('the form of an open request', () => {
  it('has every value of each field, decoded as browsers encode', () => {
    expect(readForm('SAMLResponse=PHN%2BbWw%2FPg%3D%3D&RelayState=a+b&RelayState=%C3%BC&empty=')).toEqual({
      SAMLResponse: ['PHN+bWw/Pg=='],
      RelayState: ['a b', 'ü'],
      empty: [''],
    });
  });

  it.each(['application/x-www-form-urlencoded; charset=utf-8', 'APPLICATION/X-WWW-FORM-URLENCODED'])(
    'is taken as %s',
    (type) => {
      expect(readForm('a=1', { headers: { 'Content-Type': [type] } })).toEqual({ a: ['1'] });
    },
  );

  it.each([
    ['JSON', { 'Content-Type': ['application/json'] }],
    ['parts', { 'Content-Type': ['multipart/form-data; boundary=x'] }],
    ['text', { 'Content-Type': ['text/plain'] }],
    ['a type that begins alike', { 'Content-Type': ['application/x-www-form-urlencoded2'] }],
    ['no type', { 'Content-Type': [] }],
    ['two types', { 'Content-Type': ['application/x-www-form-urlencoded', 'application/json'] }],
    ['one type twice', { 'Content-Type': [...formType['Content-Type'], ...formType['Content-Type']] }],
  ])('is not taken as %s (B12)', (_what, headers) => {
    expect(() => readForm('a=1', { headers })).toThrow(UnsupportedMediaTypeError);
  });

  it('is not taken in base64 (B11)', () => {
    expect(() => readForm('YT0x', { isBase64Encoded: true })).toThrow(InvalidRequestError);
  });

  it('is taken up to 131072 bytes, by its bytes', () => {
    expect(readForm(`a=${'x'.repeat(131_070)}`)['a']?.[0]).toHaveLength(131_070);
    expect(() => readForm(`a=${'x'.repeat(131_071)}`)).toThrow(RequestTooLargeError);
    expect(() => readForm(`a=${'ü'.repeat(65_536)}`)).toThrow(RequestTooLargeError);
  });

  it('takes 16 fields of a form and no more, however they are called: grouping many would take long', () => {
    const fields = (count: number, name: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => `${name(index)}=`).join('&');

    expect(Object.keys(readForm(fields(16, (index) => `f${index}`)))).toHaveLength(16);
    for (const name of [(index: number) => `f${index}`, () => 'SAMLResponse', () => '']) {
      expect(() => readForm(fields(17, name))).toThrow(RequestTooLargeError);
    }
  });

  it('holds fields of any name as fields alone (B06, B07)', () => {
    const form = readForm('__proto__=x&constructor=y&toString=z');

    expect(Object.keys(form)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(form)).toBe(Object.prototype);
    expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
  });

  it('is empty without a body', () => {
    expect(read('consumeSamlResponse', { headers: formType }).form).toEqual({});
  });
});

describe('the cookies of an open request', () => {
  const cookiesOf = (...values: readonly string[]) => [
    ...read('getHealth', { headers: { Cookie: values } }).cookies,
  ];

  it.each([
    ['one', ['a=1'], [['a', '1']]],
    [
      'several in one header',
      ['a=1; b=2;c=3'],
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ],
    ],
    [
      'several headers',
      ['a=1', 'b=2'],
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['the first of two of one name', ['a=1; a=2', 'a=3'], [['a', '1']]],
    [
      'names of their own case',
      ['A=1; a=2'],
      [
        ['A', '1'],
        ['a', '2'],
      ],
    ],
    ['values with an equals sign', ['a=b=c=='], [['a', 'b=c==']]],
    ['an empty value', ['a='], [['a', '']]],
    ['nothing of what is no pair', ['a; =b; ;'], []],
    ['nothing of none', [], []],
    [
      'named without the spaces and tabs before them',
      [' \ta=1; \tb=2'],
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
  ])('are %s', (_what, values, expected) => {
    expect(cookiesOf(...values)).toEqual(expected);
  });

  it.each(['\u00a0', '\u2000', '\u3000', '\ufeff', '\u0085', '\v', '\f'])(
    'are not of the name that is left when %j is taken away',
    (white) => {
      const forged = `${white}__Host-daypass-saml=forged`;

      expect(new Map(cookiesOf(`${forged}; __Host-daypass-saml=own`)).get('__Host-daypass-saml')).toBe('own');
      expect(new Map(cookiesOf(forged)).has('__Host-daypass-saml')).toBe(false);
    },
  );
});
