import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy, identityPolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../lambda/core/policy/evaluate-policy.ts';
import { compileSessionPolicy, renderSessionPolicy } from '../../../lambda/core/session-policy.ts';

/** Whose place somebody else would like to have; AWS's variables have this value too. */
const other = 'payments';

/** What callers try, beside what they may be called. */
const value = fc.oneof(
  fc.constantFrom(
    ...[
      'web',
      'web-2',
      'équipe',
      'łódź',
      'a,b',
      '',
      '.',
      '..',
      '...',
      '/',
      '//',
      '*',
      '?',
      '??',
      '**',
      '$',
      '${',
      '}',
    ],
    ...[
      '${aws:username}',
      '${*}',
      'web/*',
      '*/web',
      'web/../payments',
      '../payments',
      'web/.',
      './web',
      '/payments',
    ],
    ...[
      'web/',
      'payments/x',
      'pay*',
      'p?yments',
      'a:b',
      ':',
      'eu-west-1:999999999999',
      'a b',
      ' ',
      '"',
      "'",
      '\\',
    ],
    ...[
      'web","arn:aws:s3:::payments',
      '"}],"Statement":[{"Effect":"Allow"',
      '\u0000',
      '\n',
      '\u202e',
      '＊',
      '⁎',
      '／',
      '．．',
    ],
  ),
  fc.string({
    unit: fc.constantFrom('*', '?', '$', '{', '}', '/', '.', ':', '"', 'a', 'p', '-'),
    maxLength: 8,
  }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.stringMatching(/^[\w.@+=,-]{1,12}$/),
);

/** One segment: as it is written, or a variable with text beside it. */
type Segment = string | { readonly before: string; readonly after: string };

const text = fc.constantFrom('data', 'x', 'home', 'team', '.x', 'a.b');
const segment = fc.oneof(
  text,
  fc.record({ before: fc.constantFrom('', '', 'team-', '.'), after: fc.constantFrom('', '', '-data', '.d') }),
);
const variable = fc.record({ before: fc.constant(''), after: fc.constant('') });

/** Begins with a fixed segment, has a variable, and ends with a segment of either kind or with everything below. */
const segments: fc.Arbitrary<readonly Segment[]> = fc
  .tuple(
    text,
    fc.array(segment, { maxLength: 2 }),
    variable,
    fc.array(segment, { maxLength: 1 }),
    fc.boolean(),
  )
  .map(([first, before, named, after, isOpen]) => [
    first,
    ...before,
    named,
    ...after,
    ...(isOpen ? ['*'] : []),
  ]);

const write = (path: readonly Segment[], filling: string) =>
  path.map((one) => (typeof one === 'string' ? one : `${one.before}${filling}${one.after}`)).join('/');

const toTemplate = (path: readonly Segment[]) => write(path, '${claims:team}');

/** A path that somebody asks for: the template's, with what the value could be taken for in its place. */
const filling = (given: string) =>
  fc.constantFrom(
    given,
    other,
    `${given}/${other}`,
    given.replaceAll('*', other).replaceAll('?', 'a'),
    given.replaceAll('*', 'a/b'),
    given.replaceAll('${aws:username}', other).replaceAll('${*}', '*'),
    ...given.split('/'),
    `${given.split('/')[0]}/x`,
  );
const below = fc.constantFrom('1', `${other}/1`, '../1', '');

const asked = fc
  .tuple(segments, value)
  .chain(([path, given]) =>
    fc.record({ path: fc.constant(path), given: fc.constant(given), filled: filling(given), rest: below }),
  )
  .map(({ rest, filled, ...others }) => {
    const concrete = write(others.path, filled).replace(/\*$/, rest);
    return { ...others, concrete };
  });

/**
 * Whether a path is of the template's own shape for this value: segment by segment, the value as it is, in one segment,
 * which is neither empty nor a way upwards. Of a last `*` everything below is.
 */
function isOfShape(path: readonly Segment[], given: string, concrete: string): boolean {
  const parts = concrete.split('/');
  if (path.at(-1) !== '*' && parts.length !== path.length) return false;
  return path.every((one, index) => {
    if (one === '*') return parts.length > index;
    if (typeof one === 'string') return parts[index] === one;
    return parts[index] === `${one.before}${given}${one.after}` && !['', '.', '..'].includes(given);
  });
}

function allows(elements: Readonly<Record<string, unknown>>, given: string, request: Request): boolean {
  const document = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*', ...elements },
  };
  const problems: unknown[] = [];
  const template = compileSessionPolicy(
    document,
    (problem) => problems.push(problem),
    () => undefined,
  );
  if (problems.length > 0) throw new TypeError('the template is none');
  const rendered = renderSessionPolicy(template, () => given);
  if (!('text' in rendered)) return false;
  if (!/^[\t\n\r\u0020-\u00ff]+$/.test(rendered.text)) throw new Error('STS would not take the policy');
  const policy = compilePolicy(JSON.parse(rendered.text), identityPolicyGrammar);
  const context = new Map([['aws:username', other], ...Object.entries(request.context ?? {})]);
  const { resource = 'arn:aws:s3:::any' } = request;
  return evaluatePolicy([policy], { action: 's3:GetObject', resource, context }).effect === 'Allow';
}

interface Request {
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Runs the property, and sees that it had something to say. */
function neverAllowsOthers(
  toCase: (
    path: readonly Segment[],
    concrete: string,
  ) => readonly [Readonly<Record<string, unknown>>, Request],
): void {
  let allowed = 0;
  fc.assert(
    fc.property(asked, ({ path, given, concrete }) => {
      if (!allows(...insert(toCase(path, concrete), given))) return;
      allowed += 1;
      expect({ given, concrete, isOfShape: isOfShape(path, given, concrete) }).toMatchObject({
        isOfShape: true,
      });
    }),
    { numRuns: 2000 },
  );
  expect(allowed).toBeGreaterThan(100);
}

const insert = (
  [elements, request]: readonly [Readonly<Record<string, unknown>>, Request],
  given: string,
): [Readonly<Record<string, unknown>>, string, Request] => [elements, given, request];

describe('no value of a claim makes a rendered policy allow', () => {
  it('a resource outside the shape of its template', () => {
    neverAllowsOthers((path, concrete) => [
      { Resource: ['arn:aws:s3:::none', `arn:aws:s3:::${toTemplate(path)}`] },
      { resource: `arn:aws:s3:::${concrete}` },
    ]);
  });

  it('a prefix outside the shape of its template', () => {
    neverAllowsOthers((path, concrete) => [
      { Condition: { StringLike: { 's3:prefix': [toTemplate(path)] } } },
      { context: { 's3:prefix': concrete } },
    ]);
  });

  it('a value of another key outside the shape of its template', () => {
    neverAllowsOthers((path, concrete) => [
      { Condition: { StringLike: { 'codecommit:References': toTemplate(path) } } },
      { context: { 'codecommit:references': concrete } },
    ]);
  });

  it('an ARN outside the shape of its template', () => {
    neverAllowsOthers((path, concrete) => [
      { Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:s3:::${toTemplate(path)}` } } },
      { context: { 'aws:sourcearn': `arn:aws:s3:::${concrete}` } },
    ]);
  });

  it('an ARN of another account, whichever field the value stands in', () => {
    const field = fc.constantFrom(...[3, 5]);
    let allowed = 0;

    fc.assert(
      fc.property(field, value, fc.constantFrom('222222222222', '999999999999'), (index, given, account) => {
        const written = ['arn', 'aws', 'sns', 'eu-west-1', '222222222222', 'topic'];
        const Condition = {
          ArnLike: { 'aws:SourceArn': written.with(index, '${claims:team}').join(':') },
        };
        const resolved = given.replaceAll('*', other).replaceAll('${aws:username}', other);
        const source = written.with(4, account).with(index, resolved).join(':');
        const shifted = `arn:aws:sns:eu-west-1:${account}:${other}`;
        for (const arn of [source, shifted]) {
          if (!allows({ Condition }, given, { context: { 'aws:sourcearn': arn } })) continue;
          allowed += 1;
          const fields = arn.split(':');
          expect([fields.length, fields[4], fields[index]]).toEqual([6, '222222222222', given]);
        }
      }),
      { numRuns: 1500 },
    );
    expect(allowed).toBeGreaterThan(100);
  });

  it('more than the whole value where the whole condition value is the variable', () => {
    let allowed = 0;

    fc.assert(
      fc.property(
        value.chain((given) => fc.tuple(fc.constant(given), filling(given))),
        ([given, asked]) => {
          const Condition = { StringLike: { 'aws:ResourceTag/Repository': '${claims:team}' } };
          if (!allows({ Condition }, given, { context: { 'aws:resourcetag/repository': asked } })) return;
          allowed += 1;
          expect(asked).toBe(given);
        },
      ),
      { numRuns: 1500 },
    );
    expect(allowed).toBeGreaterThan(100);
  });
});
