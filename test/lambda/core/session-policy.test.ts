import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Problem } from '../../../lambda/core/policy/policy.ts';
import { compileSessionPolicy, renderSessionPolicy } from '../../../lambda/core/session-policy.ts';

function compile(document: unknown) {
  const problems: Problem[] = [];
  const template = compileSessionPolicy(
    document,
    (problem) => problems.push(problem),
    () => undefined,
  );
  return { template, problems };
}

const aStatement = (elements: Readonly<Record<string, unknown>>) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...elements }],
});

const renderWith = (elements: Readonly<Record<string, unknown>>, team: string | undefined) =>
  renderSessionPolicy(compile(aStatement(elements)).template, () => team);

/** Everything in one document: templates in each place where they may stand, and AWS's own variables. */
const wholeDocument = {
  Version: '2012-10-17',
  Id: 'teams',
  Statement: [
    {
      Sid: 'Objects',
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:Put*'],
      Resource: ['arn:aws:s3:::data/${claims:team}/*', 'arn:aws:s3:::data/${aws:username}/${*}'],
      Condition: {
        StringLike: { 's3:prefix': ['${claims:team}/*', 'x'] },
        Bool: { 'aws:SecureTransport': true },
      },
    },
    {
      Effect: 'Deny',
      NotAction: 'iam:*',
      NotResource: 'arn:aws:s3:::data/${claims:team}-${claims:team}',
      Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:222222222222:${claims:team}' } },
    },
  ],
};

/** The same with a marker for each template. */
function toShape(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('${claims:') ? '<filled>' : value;
  if (Array.isArray(value)) return value.map(toShape);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toShape(member)]));
}

/** Whether a rendered value is the template's with nothing but `team` in its place. */
function isFilledWith(template: unknown, rendered: unknown, team: string): boolean {
  if (typeof template === 'string') return rendered === template.replaceAll('${claims:team}', () => team);
  if (typeof template !== 'object' || template === null) return rendered === template;
  if (typeof rendered !== 'object' || rendered === null) return false;
  const [wanted, given] = [Object.entries(template), Object.entries(rendered)];
  return (
    Array.isArray(template) === Array.isArray(rendered) &&
    wanted.length === given.length &&
    wanted.every(
      ([key, member], index) => given[index]?.[0] === key && isFilledWith(member, given[index]?.[1], team),
    )
  );
}

describe('compileSessionPolicy', () => {
  it('takes templates in Resource, NotResource and Condition', () => {
    expect(compile(wholeDocument).problems).toEqual([]);
  });

  it.each([
    [{ Action: 's3:${claims:team}' }, ['Statement', 0, 'Action']],
    [{ Action: ['s3:GetObject', '${claims:team}'] }, ['Statement', 0, 'Action', 1]],
    [{ NotAction: '${claims:team}' }, ['Statement', 0, 'NotAction']],
    [{ Effect: '${claims:team}' }, ['Statement', 0, 'Effect']],
    [{ Sid: '${daypass:Subject}' }, ['Statement', 0, 'Sid']],
    [{ Principal: { AWS: '${claims:team}' } }, ['Statement', 0, 'Principal', 'AWS']],
    [{ resource: '${claims:team}' }, ['Statement', 0, 'resource']],
  ])('refuses a template elsewhere: %j', (elements, path) => {
    const { problems } = compile(aStatement(elements));

    expect(problems).toMatchObject([
      { path, allowed: 'text without variables: only Resource, NotResource and Condition take them' },
    ]);
  });

  it.each(['claims:team', 'Claims:team', 'daypass:Subject'])(
    'refuses the condition key %s, which AWS does not know',
    (key) => {
      const { problems } = compile(aStatement({ Condition: { StringEquals: { [key]: 'x' } } }));

      expect(problems).toMatchObject([
        { path: ['Statement', 0, 'Condition', 'StringEquals', key], value: key },
      ]);
    },
  );
});

describe('renderSessionPolicy', () => {
  it('gives the template with the value in each place, and all else as it is written', () => {
    const rendered = renderSessionPolicy(compile(wholeDocument).template, () => 'web');

    expect('text' in rendered && JSON.parse(rendered.text)).toEqual(
      JSON.parse(JSON.stringify(wholeDocument).replaceAll('${claims:team}', 'web')),
    );
  });

  it('names what the principal lacks', () => {
    expect(renderWith({ Resource: 'arn:aws:s3:::data/${claims:team}/*' }, undefined)).toEqual({
      variable: 'claims:team',
      because: 'missing',
    });
  });

  it.each(['web', 'a.b', '..a', 'a..', 'w'.repeat(256), 'équipe', 'a=b,c+d@e'])(
    'lets %j into a resource',
    (team) => {
      expect(renderWith({ Resource: 'arn:aws:s3:::data/${claims:team}/*' }, team)).toHaveProperty('text');
    },
  );

  const neverInResources = [
    '',
    '.',
    '..',
    '../x',
    'a/..',
    'a/../b',
    'a/./b',
    '/a',
    'a/',
    'a//b',
    'web/shop',
    'a:b',
    'a b',
  ];
  const neverAnywhere = [
    '*',
    'a*',
    '?',
    '${*}',
    '$',
    '{',
    '}',
    '"',
    "'",
    '\\',
    '<',
    'a\nb',
    '\u0000',
    'w'.repeat(257),
  ];

  it.each([...neverInResources, ...neverAnywhere])('keeps %j out of a resource', (team) => {
    for (const element of ['Resource', 'NotResource']) {
      expect(renderWith({ [element]: 'arn:aws:s3:::data/${claims:team}/*' }, team)).toEqual({
        variable: 'claims:team',
        because: 'unsafe',
      });
    }
  });

  it.each(neverAnywhere)('keeps %j out of a condition', (team) => {
    const Condition = { StringLike: { 's3:prefix': '${claims:team}/*' } };

    expect(renderWith({ Condition }, team)).toEqual({ variable: 'claims:team', because: 'unsafe' });
  });

  it.each([
    { StringLike: { 's3:prefix': '${claims:team}/*' } },
    { StringEquals: { 's3:prefix': '${claims:team}' } },
    { StringEquals: { 'S3:Prefix': ['x', '${claims:team}'] } },
    { StringLike: { 'codecommit:References': 'refs/heads/${claims:team}' } },
    { StringLike: { 'aws:ResourceTag/Path': '${claims:team}-${claims:team}' } },
  ])('takes one segment of a path where that is meant: %j', (Condition) => {
    for (const team of ['web/shop', '/', '.', '..', 'web/..']) {
      expect(renderWith({ Condition }, team)).toEqual({ variable: 'claims:team', because: 'unsafe' });
    }
    expect(renderWith({ Condition }, 'web')).toHaveProperty('text');
  });

  it('writes letters that STS does not take in a policy as JSON escapes of them', () => {
    const rendered = renderWith({ Resource: 'arn:aws:s3:::data/${claims:team}/*' }, 'łódź');

    expect('text' in rendered && rendered.text).toContain('data/\\u0142ód\\u017a/*');
  });

  it.each(['ArnLike', 'ArnEquals', 'ArnNotLikeIfExists', 'ForAnyValue:ArnLike'])(
    'keeps a colon out of the ARNs of %s, whose fields it would shift',
    (operator) => {
      const Condition = {
        [operator]: { 'aws:SourceArn': 'arn:aws:sns:eu-west-1:222222222222:${claims:team}' },
      };

      expect(renderWith({ Condition }, 'a:b')).toEqual({ variable: 'claims:team', because: 'unsafe' });
      expect(renderWith({ Condition }, 'a')).toHaveProperty('text');
    },
  );

  it('lets a subject with colons and spaces into a condition on strings', () => {
    const Condition = { StringEquals: { 'aws:userid': '${claims:team}' } };

    expect(renderWith({ Condition }, 'repo:example/shop:ref x')).toHaveProperty('text');
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({
      unit: fc.constantFrom('*', '?', '$', '{', '}', '"', '\\', '/', '.', ':', 'a', ',', '\n', '＊', '⁎'),
    }),
    fc.constantFrom(
      'x/*","arn:aws:s3:::other',
      '"}],"Statement":[{"Effect":"Allow"',
      '${aws:username}',
      '../other',
    ),
  );

  it('parses as the very structure of its template with any value that it takes, and takes no wildcard', () => {
    const { template } = compile(wholeDocument);
    const shape = toShape(wholeDocument);
    let taken = 0;

    fc.assert(
      fc.property(fc.oneof(hostile, fc.stringMatching(/^[\w/.-]{1,20}$/)), (team) => {
        const rendered = renderSessionPolicy(template, () => team);
        if (!('text' in rendered)) return;
        taken += 1;

        const parsed: unknown = JSON.parse(rendered.text);

        expect(isFilledWith(wholeDocument, parsed, team)).toBe(true);
        expect(Object.keys(Object(parsed))).toEqual(Object.keys(Object(shape)));
        expect(team).not.toMatch(/[*?$"\\{}:\p{C}\p{Z}]/u);
        expect(team.split('/')).not.toEqual(expect.arrayContaining(['..']));
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(100);
  });
});
