import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../../../local/aws/aws-error.ts';
import { memberFields, members, parseParameters } from '../../../../local/aws/sts/query-protocol.ts';
import { toErrorXml, toResultXml } from '../../../../local/aws/sts/xml.ts';
import { aWorld, startTestAws, type TestAws } from '../an-embedded-aws.ts';

const form = 'application/x-www-form-urlencoded';
const aRequest = (query: string, body: string, contentType = form) => ({
  method: 'POST',
  path: '/',
  query,
  headers: new Map([['content-type', [contentType]]]),
  body: Buffer.from(body),
  sourceIp: '127.0.0.1',
  requestId: 'r',
});

describe('parseParameters', () => {
  it.each([
    ['a form', aRequest('', 'Action=A&X=a+b%21'), { Action: 'A', X: 'a b!' }],
    ['a form with a charset', aRequest('', 'Action=A', `${form}; charset=utf-8`), { Action: 'A' }],
    ['a query', aRequest('Action=A', '', ''), { Action: 'A' }],
    ['both', aRequest('Action=A', 'B=b'), { Action: 'A', B: 'b' }],
    ['the first of two', aRequest('', 'A=1&A=2'), { A: '1' }],
    ['names by their case', aRequest('', 'action=a&Action=b'), { action: 'a', Action: 'b' }],
    ['no other body', aRequest('', 'Action=A', 'application/json'), {}],
    ['no parameters of the signature', aRequest('X-Amz-Date=1&Action=A', ''), { Action: 'A' }],
  ])('takes %s', (_name, request, expected) => {
    expect(Object.fromEntries(parseParameters(request))).toEqual(expected);
  });
});

describe('members', () => {
  const parameters = new Map([
    ['K.member.1', 'a'],
    ['K.member.2', 'b'],
    ['K.member.4', 'd'],
    ['T.member.1.Key', 'k'],
    ['T.member.2.Value', 'v'],
  ]);

  it('ends at the first gap', () => {
    expect(members(parameters, 'K')).toEqual(['a', 'b']);
    expect(members(parameters, 'N')).toEqual([]);
  });

  it('keeps members that lack a field', () => {
    expect(memberFields(parameters, 'T', ['Key', 'Value'])).toEqual([{ Key: 'k' }, { Value: 'v' }]);
  });
});

describe('XML', () => {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false });
  /** What parsers give back as it was: they make one line break of several kinds. */
  const text = fc.string({ unit: 'binary' }).filter((value) => /^[^\p{Cc}\ufffe\uffff]*$/u.test(value));

  it('gives back every text', () => {
    fc.assert(
      fc.property(text, (value) => {
        const parsed = parser.parse(toErrorXml(new AwsError('C', 400, `-${value}-`), 'r'));
        expect(parsed.ErrorResponse.Error.Message).toBe(`-${value}-`.toWellFormed());
      }),
    );
  });

  it('stays well formed whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const xml = toResultXml('Get', { A: value, B: undefined, C: { D: 1 } }, 'r');
        expect([...xml].filter((character) => !isXmlCharacter(character))).toEqual([]);
        expect(Object.keys(parser.parse(xml).GetResponse.GetResult)).not.toContain('B');
      }),
    );
  });
});

/** XML 1.0, production 2. */
function isXmlCharacter(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return [0x9, 0xa, 0xd].includes(code);
  return code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff);
}

describe('the STS endpoint', () => {
  let aws: TestAws;
  beforeAll(async () => {
    aws = await startTestAws(aWorld());
  });
  afterAll(() => aws.stop());

  const post = async (body: string) => {
    const answer = await fetch(aws.url, { method: 'POST', headers: { 'content-type': form }, body });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };

  it.each([
    [
      'an operation that does not exist',
      'Action=Nothing&Version=2011-06-15',
      'Nothing for version 2011-06-15',
    ],
    [
      'one that is not built yet',
      'Action=GetDelegatedAccessToken&Version=2011-06-15',
      'GetDelegatedAccessToken for version 2011-06-15',
    ],
    ['another version', 'Action=AssumeRole&Version=2010-01-01', 'AssumeRole for version 2010-01-01'],
    ['no version', 'Action=AssumeRole', 'AssumeRole for version NO_VERSION_SPECIFIED'],
    ['a property of objects', 'Action=constructor&Version=2011-06-15', 'constructor for version 2011-06-15'],
  ])('does not find %s', async (_name, body, found) => {
    const { status, text } = await post(body);

    expect(status).toBe(400);
    expect(text).toContain(
      `<Code>InvalidAction</Code>\n    <Message>Could not find operation ${found}</Message>`,
    );
    expect(text).toContain('xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"');
  });

  it('asks for an Action', async () => {
    expect((await post('Version=2011-06-15')).text).toContain('<Code>MissingAction</Code>');
  });

  it('says its request id in the header as in the body', async () => {
    const answer = await fetch(aws.url, {
      method: 'POST',
      headers: { 'content-type': form },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });

    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(await answer.text()).toContain(`<RequestId>${answer.headers.get('x-amzn-requestid')}</RequestId>`);
  });

  it('gives the SDK the request id that CloudTrail has', async () => {
    const { $metadata } = await aws.sts().send(new GetCallerIdentityCommand({}));

    expect((await aws.records()).at(-1)?.['requestID']).toBe($metadata.requestId);
  });

  it('refuses a body over 2 MiB without reading it', async () => {
    const answer = await fetch(aws.url, { method: 'POST', body: 'x'.repeat(2 * 1024 * 1024 + 1) });

    expect(answer.status).toBe(413);
  });
});
