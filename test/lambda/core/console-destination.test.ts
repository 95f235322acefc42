import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  isConsoleDestination,
  toDestinationAllowed,
  toStartPage,
} from '../../../lambda/core/console-destination.ts';

const home = 'https://console.aws.amazon.com';
const longest = `${home}/${'x'.repeat(2048 - home.length - 1)}`;

const taken: readonly (readonly [partition: string, destination: string])[] = [
  ['aws', home],
  ['aws', `${home}/`],
  ['aws', `${home}?region=eu-west-1`],
  ['aws', `${home}#top`],
  ['aws', `${home}/ec2/home?region=eu-west-1#Instances:instanceState=running`],
  ['aws', 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home'],
  ['aws', 'https://s3.console.aws.amazon.com/s3/buckets/reports?prefix=a%2Fb'],
  ['aws', 'https://111122223333-abcdefgh.us-east-1.console.aws.amazon.com/console/home'],
  // An Insights query, as the console itself writes it.
  ['aws', `${home}/cloudwatch/home#logsV2:logs-insights?queryDetail=~(end~0~start~-3600~tz~'UTC*20x)`],
  ['aws', longest],
  ['aws-cn', 'https://console.amazonaws.cn/'],
  ['aws-cn', 'https://cn-north-1.console.amazonaws.cn/ec2'],
  ['aws-us-gov', 'https://console.amazonaws-us-gov.com/'],
  ['aws-us-gov', 'https://us-gov-west-1.console.amazonaws-us-gov.com/ec2'],
];

const refused: readonly (readonly [why: string, destination: string])[] = [
  ['nothing', ''],
  ['no URL', 'console.aws.amazon.com'],
  ['a path', '/console/home'],
  ['a relative scheme', '//console.aws.amazon.com/'],
  ['http', 'http://console.aws.amazon.com/'],
  ['a script', 'javascript:alert(1)//console.aws.amazon.com'],
  ['a data URL', 'data:text/html,console.aws.amazon.com'],
  ['an upper-case scheme', 'HTTPS://console.aws.amazon.com/'],
  ['an upper-case host', 'https://Console.aws.amazon.com/'],
  ['one slash', 'https:/console.aws.amazon.com/'],
  ['three slashes', 'https:///console.aws.amazon.com/'],
  ['no slash', 'https:console.aws.amazon.com/'],
  ['backslashes', 'https:\\\\console.aws.amazon.com/'],
  ['a user before another host', 'https://console.aws.amazon.com@evil.example/'],
  ['a user and a password before another host', 'https://console.aws.amazon.com:x@evil.example/'],
  ['a user before the console', 'https://user@console.aws.amazon.com/'],
  ['an empty user', 'https://@console.aws.amazon.com/'],
  ['a backslash before another host', 'https://console.aws.amazon.com\\@evil.example/'],
  ['another host with the console as path', 'https://evil.example/console.aws.amazon.com'],
  ['another host with the console as query', 'https://evil.example?console.aws.amazon.com'],
  ['another host with the console as fragment', 'https://evil.example#console.aws.amazon.com'],
  ['another host with the console behind a backslash', 'https://evil.example\\.console.aws.amazon.com'],
  ['a port', 'https://console.aws.amazon.com:8443/'],
  ['the default port', 'https://console.aws.amazon.com:443/'],
  ['an empty port', 'https://console.aws.amazon.com:/'],
  ['a longer domain', 'https://console.aws.amazon.com.evil.example/'],
  ['a domain that ends alike', 'https://evilconsole.aws.amazon.com/'],
  ['a domain that ends alike, with a hyphen', 'https://evil-console.aws.amazon.com/'],
  ['a domain with another dot', 'https://console-aws.amazon.com/'],
  ['a domain that a dot as any character would match', 'https://consolexaws.amazon.com/'],
  ['its parent', 'https://aws.amazon.com/'],
  ['the shop', 'https://amazon.com/'],
  ['another service of AWS', 'https://s3.amazonaws.com/attackers-bucket/index.html'],
  ['the sign-in', 'https://signin.aws.amazon.com/oauth'],
  ['a root dot', 'https://console.aws.amazon.com./'],
  ['an empty label', 'https://.console.aws.amazon.com/'],
  ['two dots', 'https://eu-west-1..console.aws.amazon.com/'],
  ['a label with a hyphen before it', 'https://-x.console.aws.amazon.com/'],
  ['a label with an underscore', 'https://a_b.console.aws.amazon.com/'],
  ['a label of 64 characters', `https://${'x'.repeat(64)}.console.aws.amazon.com/`],
  ['a label in Punycode', 'https://xn--ngstr-lra8j.console.aws.amazon.com/'],
  ['fullwidth dots', 'https://console\uff0eaws\uff0eamazon\uff0ecom/'],
  ['ideographic dots', 'https://console。aws。amazon。com/'],
  ['a fullwidth solidus before another host', 'https://evil.example\uff0f.console.aws.amazon.com/'],
  ['a fullwidth letter', 'https://\uff43onsole.aws.amazon.com/'],
  ['a Cyrillic letter', 'https://cons\u043ele.aws.amazon.com/'],
  ['a sharp s', 'https://con\u00dfole.console.aws.amazon.com/'],
  ['a soft hyphen', 'https://con\u00adsole.aws.amazon.com/'],
  ['a zero-width space', 'https://console\u200b.aws.amazon.com/'],
  ['a percent-encoded host', 'https://console%2eaws.amazon.com/'],
  ['a percent-encoded slash in the host', 'https://evil.example%2f.console.aws.amazon.com/'],
  ['a space before it', ' https://console.aws.amazon.com/'],
  ['a space behind it', 'https://console.aws.amazon.com/ '],
  ['a line end behind it', 'https://console.aws.amazon.com/\n'],
  ['a second line', 'https://console.aws.amazon.com/\r\nLocation: https://evil.example/'],
  ['a second line that is the console', 'https://evil.example/\nhttps://console.aws.amazon.com/'],
  ['a tab in the scheme', 'ht\ttps://console.aws.amazon.com/'],
  ['a tab in the host', 'https://console\t.aws.amazon.com/'],
  ['a null', 'https://console.aws.amazon.com/\0'],
  ['a quote', 'https://console.aws.amazon.com/"onclick='],
  ['a tag', 'https://console.aws.amazon.com/<script>'],
  ['an accent in the path', 'https://console.aws.amazon.com/é'],
  ['one character more than is taken', `${longest}x`],
  ['China', 'https://console.amazonaws.cn/'],
  ['GovCloud', 'https://console.amazonaws-us-gov.com/'],
];

describe('isConsoleDestination', () => {
  it.each(taken)('takes of %s: %s', (partition, destination) => {
    expect(isConsoleDestination(destination, partition)).toBe(true);
  });

  it.each(refused)('refuses %s: %j', (_why, destination) => {
    expect(isConsoleDestination(destination, 'aws')).toBe(false);
  });

  it.each([
    ['aws-cn', home],
    ['aws-cn', 'https://console.amazonaws-us-gov.com/'],
    ['aws-us-gov', home],
    ['aws-us-gov', 'https://console.amazonaws.cn/'],
  ])('refuses in %s the console of another partition, %s', (partition, destination) => {
    expect(isConsoleDestination(destination, partition)).toBe(false);
  });

  it('takes nothing that a URL parser would send elsewhere, whatever stands around the host', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'https://',
        '//',
        '/',
        '\\',
        '@',
        ':',
        '.',
        '#',
        '?',
        '%2f',
        '\t',
        '\n',
        '。',
        '\uff0e',
      ),
      fc.constantFrom('console.aws.amazon.com', 'eu-west-1', 'evil.example', '443', 'user', 'xn--a'),
      fc.string({ unit: 'binary', maxLength: 2 }),
    );
    const text = fc
      .array(piece, { maxLength: 8 })
      .map((pieces) => `${pieces.join('')}`)
      .chain((tail) => fc.constantFrom(tail, `https://${tail}`, `https://console.aws.amazon.com${tail}`));

    fc.assert(
      fc.property(text, (destination) => {
        if (!isConsoleDestination(destination, 'aws')) return;
        const { protocol, host, username, password } = new URL(destination);
        expect({ protocol, username, password }).toEqual({ protocol: 'https:', username: '', password: '' });
        expect(`.${host}`).toMatch(/\.console\.aws\.amazon\.com$/);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('toStartPage', () => {
  it.each(['aws', 'aws-cn', 'aws-us-gov'])('of %s is a destination itself', (partition) => {
    expect(isConsoleDestination(toStartPage(partition), partition)).toBe(true);
  });
});

describe('toDestinationAllowed', () => {
  it('names the host of the partition', () => {
    expect(toDestinationAllowed('aws-cn')).toBe(
      'an https URL of at most 2048 characters, on console.amazonaws.cn or a host under it, without port and user',
    );
  });
});
