import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InvalidRequestError } from '../../../lambda/core/errors.ts';
import { parsePresignedSessionToken } from '../../../lambda/core/presigned-session-token.ts';
import {
  aPresignedSessionToken,
  aPresignedUrl,
  basicTime,
  longTermKeyId,
  presignedLimits,
  presignedParameters,
  stsUrl,
} from '../../support/a-presigned-session-token.ts';
import { badAddresses, badParameters } from './tables/bad-presigned-urls.ts';

const parse = (url: string) => parsePresignedSessionToken(url, presignedLimits);

function refusalOf(url: string): InvalidRequestError {
  try {
    parse(url);
  } catch (error) {
    if (error instanceof InvalidRequestError) return error;
    throw error;
  }
  throw new Error('the URL was taken');
}

describe('parsePresignedSessionToken', () => {
  it('reads what the caller signed, and gives its own address and constants back', () => {
    expect(parse(aPresignedUrl())).toEqual({
      origin: stsUrl,
      accessKeyId: longTermKeyId,
      parameters: presignedParameters,
    });
  });

  it('takes the parameters in any order', () => {
    const [start = '', query = ''] = aPresignedUrl().split('?');
    const reversed = `${start}?${query.split('&').reverse().join('&')}`;

    expect(parse(reversed)).toEqual(parse(aPresignedUrl()));
  });

  it.each([900, 3600, 129_600])('takes a duration of %i seconds', (seconds) => {
    expect(aPresignedSessionToken({ DurationSeconds: String(seconds) })).toMatchObject({
      durationSeconds: seconds,
      parameters: { DurationSeconds: String(seconds) },
    });
  });

  it.each(['GAHT12345', 'a'.repeat(256), 'arn:aws:iam::222222222222:mfa/teams/web+x=y,z.@-_'])(
    'takes the device %s',
    (SerialNumber) => {
      expect(aPresignedSessionToken({ SerialNumber }).parameters.SerialNumber).toBe(SerialNumber);
    },
  );

  it('reads the key of a session too: whose it may be is decided, not parsed', () => {
    const scope = presignedParameters['X-Amz-Credential'].replace('AKIA', 'ASIA');

    expect(aPresignedSessionToken({ 'X-Amz-Credential': scope }).accessKeyId).toBe(
      longTermKeyId.replace('AKIA', 'ASIA'),
    );
  });

  it.each([-60, -1, 0, 1, 899, 900])('takes a request signed %i seconds from now', (seconds) => {
    const changes = { 'X-Amz-Date': basicTime(seconds), 'X-Amz-Expires': '900' };
    const day = basicTime(seconds).slice(0, 8);
    const scope = `${longTermKeyId}/${day}/eu-west-1/sts/aws4_request`;

    expect(() => aPresignedSessionToken({ ...changes, 'X-Amz-Credential': scope })).not.toThrow();
  });

  it.each([
    [-60, 60],
    [-900, 604_800],
    [-3600, 604_800],
    [901, 60],
    [3600, 604_800],
  ])('refuses one signed %i seconds from now for %i', (seconds, expires) => {
    const day = basicTime(seconds).slice(0, 8);
    const refusal = refusalOf(
      aPresignedUrl({
        'X-Amz-Date': basicTime(seconds),
        'X-Amz-Expires': String(expires),
        'X-Amz-Credential': `${longTermKeyId}/${day}/eu-west-1/sts/aws4_request`,
      }),
    );

    expect(refusal.message).toContain('signed now');
  });

  it('refuses an instant that there is none of', () => {
    const day = basicTime().slice(0, 8);

    expect(refusalOf(aPresignedUrl({ 'X-Amz-Date': `${day}T256161Z` })).message).toContain('signed now');
  });

  it.each([...badAddresses, ...badParameters])('refuses %s, and repeats nothing of it', (_what, url) => {
    const { status, message, extensions, detail, cause } = refusalOf(url);

    expect(status).toBe(400);
    expect(message).toMatch(/^cannot take body\.presignedUrl; allowed: ./);
    expect([detail, cause]).toEqual([undefined, undefined]);
    for (const text of [message, JSON.stringify(extensions)]) {
      expect(text).not.toMatch(/evil|c0ffee|123456|developer|AKIA|X-Amz-Signature=/);
    }
  });

  it('says of an address which one is allowed', () => {
    expect(refusalOf('https://evil.example/').message).toContain(`allowed: ${stsUrl}/? and the query`);
  });

  it('looks at nothing of a text that is too long', () => {
    const { message } = refusalOf(`${aPresignedUrl()}${'&x=y'.repeat(500)}`);

    expect(message).toContain('2048 characters at most');
  });

  it('takes any of the addresses that are ours', () => {
    const local = 'http://127.0.0.1:4566';
    const url = aPresignedUrl().replace(stsUrl, local);

    expect(parsePresignedSessionToken(url, { ...presignedLimits, origins: [stsUrl, local] }).origin).toBe(
      local,
    );
  });
});

const pieces = [
  ...Object.entries(presignedParameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`),
  ...['Action=AssumeRole', 'action=GetSessionToken', 'X-Amz-Security-Token=x', 'DurationSeconds=900', ''],
  ...['DurationSeconds=43200', 'SerialNumber=GAHT12345678', 'TokenCode=000000', '__proto__=x', '#', '%00'],
];
const starts = [stsUrl, `${stsUrl}/?`, `${stsUrl}@evil.example/?`, 'https://evil.example/?', `${stsUrl}\\?`];

/** Texts that are nearly right: whole requests with characters changed, and their parts put together anew. */
const nearUrls = fc.oneof(
  fc
    .tuple(
      fc.nat(600),
      fc.constantFrom('&', '=', '%', '#', '@', '\\', '?', '/', '\0', '\n', '.', 'A', '%2E', ''),
    )
    .map(([index, text]) => {
      const url = aPresignedUrl();
      const place = index % (url.length + 1);
      return `${url.slice(0, place)}${text}${url.slice(place + (index % 2))}`;
    }),
  fc
    .tuple(fc.constantFrom(...starts), fc.shuffledSubarray(pieces, { minLength: 8 }))
    .map(([start, parts]) => `${start}${parts.join('&')}`),
  fc.tuple(fc.constantFrom(...starts), fc.string({ unit: 'binary' })).map((parts) => parts.join('')),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
);

describe('whatever comes in', () => {
  const allowed = new Set([...Object.keys(presignedParameters), 'DurationSeconds']);

  it('goes to an address of ours, with the constants and with parameters of ours alone, or nowhere', () => {
    let taken = 0;
    fc.assert(
      fc.property(nearUrls, (url) => {
        let presigned: ReturnType<typeof parse>;
        try {
          presigned = parse(url);
        } catch (error) {
          return error instanceof InvalidRequestError;
        }
        taken += 1;
        const { origin, parameters } = presigned;
        expect(origin).toBe(stsUrl);
        expect(Object.keys(parameters).filter((name) => !allowed.has(name))).toEqual([]);
        expect(parameters).toMatchObject({
          Action: 'GetSessionToken',
          Version: '2011-06-15',
          'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
          'X-Amz-SignedHeaders': 'host',
        });
        expect(Object.values(parameters).join('')).toMatch(/^[\w+=/:,.@-]+$/);
        // What a reader of URLs makes of the text is what goes out.
        const read = new URL(url);
        expect(read.origin).toBe(origin);
        expect(Object.fromEntries(read.searchParams)).toEqual(parameters);
        return true;
      }),
      { numRuns: 2000 },
    );
    // A property of refusals alone would hold for a parser that takes nothing.
    expect(taken).toBeGreaterThan(0);
  });
});
