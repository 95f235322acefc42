import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileTemplate, renderTemplate, toVariables } from '../../../lambda/core/template.ts';

const anything = () => true;

function compile(text: string) {
  const compiled = compileTemplate(text);
  if ('refused' in compiled) throw new Error(compiled.refused);
  return compiled.template;
}

describe('compileTemplate', () => {
  it.each([
    ['plain', [{ literal: 'plain' }]],
    ['', []],
    ['${claims:team}', [{ variable: 'claims:team' }]],
    ['a/${claims:team}/b', [{ literal: 'a/' }, { variable: 'claims:team' }, { literal: '/b' }]],
    ['${claims:a}${daypass:Subject}', [{ variable: 'claims:a' }, { variable: 'daypass:Subject' }]],
    ['$5 {x} $', [{ literal: '$5 {x} $' }]],
    ['$${claims:a}', [{ literal: '$' }, { variable: 'claims:a' }]],
    ['${aws:username}', [{ literal: '${aws:username}' }]],
    ["${aws:PrincipalTag/Cost Center, 'none'}", [{ literal: "${aws:PrincipalTag/Cost Center, 'none'}" }]],
    ['${*}${?}${$}', [{ literal: '${*}${?}${$}' }]],
    // AWS reads "${$}{claims:a}" as the characters "${claims:a}": nothing is filled in.
    ['${$}{claims:a}', [{ literal: '${$}{claims:a}' }]],
  ])('takes %j apart', (text, template) => {
    expect(compile(text)).toEqual(template);
  });

  it.each(['${claims:team', 'a${', '${claims:a}${', '${aws:username'])(
    'refuses %j, whose variable is not closed',
    (text) => {
      expect(compileTemplate(text)).toEqual({ refused: 'a "${" that is closed by "}"' });
    },
  );

  it.each([
    '${}',
    '${team}',
    '${ claims:team}',
    '${claims:team }',
    '${claims:}',
    '${claims:1}',
    '${claims:a.b}',
    '${claims:a:b}',
    '${Claims:team}',
    '${saml:sub}',
    "${claims:team, 'x'}",
    '${claims:${claims:team}}',
    '${claims:team\n}',
    '${aws:}',
    '${aws:${claims:a}}',
    '${**}',
    '${{}}',
  ])('refuses %j, which is no variable', (text) => {
    expect(compileTemplate(text)).toEqual({
      refused: '${claims:<name>}, ${daypass:<key>}, ${aws:<key>}, ${*}, ${?} or ${$}',
    });
  });

  it('names the variables in order', () => {
    expect(toVariables(compile('${claims:b}-${aws:x}-${claims:a}-${claims:b}'))).toEqual([
      'claims:b',
      'claims:a',
      'claims:b',
    ]);
  });

  it('keeps every text without variables as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('${'));

        expect(renderTemplate(compile(text), () => undefined, anything)).toEqual({ text });
      }),
    );
  });
});

describe('renderTemplate', () => {
  const template = compile('a/${claims:team}/${claims:site}');

  it('fills values in once: what looks like a variable in them stays', () => {
    const values: Readonly<Record<string, string>> = { 'claims:team': '${claims:site}', 'claims:site': 'x' };

    expect(renderTemplate(template, (variable) => values[variable], anything)).toEqual({
      text: 'a/${claims:site}/x',
    });
  });

  it('names the first variable that the principal lacks', () => {
    expect(renderTemplate(template, () => undefined, anything)).toEqual({
      variable: 'claims:team',
      because: 'missing',
    });
  });

  it('names the first variable whose value is unsafe', () => {
    const toValue = (variable: string) => (variable === 'claims:team' ? 'good' : 'bad');

    expect(renderTemplate(template, toValue, (value) => value !== 'bad')).toEqual({
      variable: 'claims:site',
      because: 'unsafe',
    });
  });
});
