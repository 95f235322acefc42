import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ConfigureOptions,
  configureSections,
} from '../../../../lib/client/aws-config/configure-sections.ts';
import { configText, shopCommand } from '../../../support/config-texts.ts';

const aSection = (name: string, command = `daypass credentials ${name} --format process`) => ({
  name: `daypass-${name}`,
  profile: name,
  command,
});

const configure = (text: string, options: Partial<ConfigureOptions> = {}) =>
  configureSections(text, {
    wanted: [aSection('shop')],
    isOfBroker: (command) => command.broker === undefined,
    ...options,
  });

const kindsOf = ({ changes }: ReturnType<typeof configure>) => changes.map(({ kind }) => kind);
const ours = `[profile daypass-shop]\ncredential_process = ${shopCommand}\n`;

describe('configureSections', () => {
  it.each([
    ['no file', '', ours],
    ['another section', '[default]\nregion = x\n', `[default]\nregion = x\n\n${ours}`],
    ['a blank line at the end', '[default]\nregion = x\n\n', `[default]\nregion = x\n\n${ours}`],
    ['no newline at the end', '[default]\nregion = x', `[default]\nregion = x\n\n${ours}`],
    [
      'CRLF',
      '[default]\r\nregion = x\r\n',
      `[default]\r\nregion = x\r\n\r\n${ours.replaceAll('\n', '\r\n')}`,
    ],
    ['mostly LF', 'a = 1\nb = 2\nc = 3\r\n', `a = 1\nb = 2\nc = 3\r\n\n${ours}`],
    ['a setting of several lines', '[default]\ns3 =\n  max = 1', `[default]\ns3 =\n  max = 1\n\n${ours}`],
  ])('adds a section below %s', (_, text, expected) => {
    const configured = configure(text);

    expect(configured.text).toBe(expected);
    expect(kindsOf(configured)).toEqual(['added']);
  });

  it.each([
    ['as it is', ours],
    ['with quotes', ours.replace('daypass-shop', '"daypass-shop"')],
    ['with other quotes', ours.replace('daypass-shop', "'daypass-shop'")],
    ['with a comment', ours.replace(']', '] # mine')],
    ['written in another way', `[profile  daypass-shop ]\n  Credential_Process=${shopCommand}  \n\n`],
    ['with other settings', `${ours}# mine\nregion = eu-west-1\noutput: yaml\ns3 =\n  a = b\n`],
    ['without a newline at the end', ours.trimEnd()],
    ['between others', `[a]\nx = 1\n${ours}[b]\ny = 2\n`],
    ['below a byte order mark', `\u00EF\u00BB\u00BF${ours}`],
  ])('finds a section of ours %s, and leaves it', (_, text) => {
    const configured = configure(text);

    expect(configured.text).toBe(text);
    expect(kindsOf(configured)).toEqual(['unchanged']);
    expect(configured.hunks).toEqual([]);
  });

  it.each([
    ['another program', '/opt/n/node "/o p/daypass.js" credentials shop --format process'],
    ['another profile', 'daypass credentials web --format process'],
  ])('puts its command in the place of that of %s, and nothing else', (_, command) => {
    const text = `# a\r\n[profile daypass-shop] ; b\r\n\tregion=x\r\n  c : d\r\n[e]\r\n`;
    const before = text.replace('  c', `\tCREDENTIAL_PROCESS=${command} \r\n  c`);
    // Between more deeply indented lines it would be part of the setting above.
    const flat = before.replaceAll('\t', '').replace('  c', 'c');

    const configured = configure(flat);

    expect(configured.text).toBe(flat.replace(`${command} `, shopCommand));
    expect(kindsOf(configured)).toEqual(['changed']);
  });

  it('keeps the end of a last line that has no newline', () => {
    const text = '[profile daypass-shop]\ncredential_process = daypass credentials web --format process';

    expect(configure(text).text).toBe(ours.trimEnd());
  });

  it.each([
    ['has another command', '[profile daypass-shop]\ncredential_process = /usr/bin/other\n'],
    ['was changed by hand', ours.replace('process\n', 'process --duration 1h\n')],
    ['has no command', '[profile daypass-shop]\nregion = eu-west-1\n'],
    ['has a role', '[profile daypass-shop]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = y\n'],
    ['has two commands', `${ours}credential_process = ${shopCommand}\n`],
    ['has a command of several lines', `${ours.trimEnd()}\n  --and more\n`],
    ['is of another broker', ours.replace('process\n', 'process --broker https://other.example\n')],
    ['is there twice', `${ours}[b]\nx = 1\n${ours}`],
  ])('keeps a section that %s, and says why', (_, text) => {
    const configured = configure(text, { region: 'eu-west-1' });

    expect(configured.text).toBe(text);
    expect(kindsOf(configured)).toEqual(['kept']);
    expect(configured.changes[0]?.reason).toMatch(/^it /);
  });

  it('takes what looks like a section for part of the setting above, where the AWS CLI does', () => {
    const text = '[default]\nregion = x\n  [profile daypass-shop]\n  credential_process = y\n';

    expect(configure(text).text).toBe(`${text}\n${ours}`);
  });

  it('makes any section ours where it is forced to, without what SDKs would look at before', () => {
    const text =
      '[profile daypass-shop]\n# mine\nrole_arn = arn:x\nregion = eu-west-1\nsource_profile =\n  b\noutput = yaml\n[c]\nrole_arn = z\n';

    const configured = configure(text, { force: true });

    expect(configured.text).toBe(`${ours}# mine\nregion = eu-west-1\noutput = yaml\n[c]\nrole_arn = z\n`);
    expect(configure(configured.text, { force: true }).text).toBe(configured.text);
  });

  it('writes with the indent that a section has: a deeper line would go on with the one above', () => {
    const text = '[profile daypass-shop]\n# mine\n  region = eu-west-1\n  output = yaml\n';
    const forced = configure(text, { force: true }).text;
    const set = configure(forced.replace('  region = eu-west-1\n', ''), { region: 'eu-west-1' }).text;

    expect(forced).toBe(
      `[profile daypass-shop]\n  credential_process = ${shopCommand}\n# mine\n  region = eu-west-1\n  output = yaml\n`,
    );
    expect(set).toContain('\n  region = eu-west-1\n');
    expect(configure(set, { region: 'eu-west-1' }).text).toBe(set);
  });

  it('writes nothing, by force either, into a section that the AWS CLI refuses to read', () => {
    const text = '[profile daypass-shop]\nnonsense\n  region = x\n';

    const configured = configure(text, { force: true });

    expect(configured.text).toBe(text);
    expect(configured.changes[0]?.reason).toContain('no settings (2)');
  });

  it.each([
    ['lines in it', '[profile daypass-shop]\n    role_arn = x\n  a = 1\n   b = 2\n'],
    ['lines in it, twice', '[profile daypass-shop]\n  a = 1\n b = 2\n'],
    ['the section below', '[profile daypass-shop]\n [profile other]\na = 1\n'],
  ])('keeps, by force either, what would mean something else where %s would be indented more', (_, text) => {
    const configured = configure(text, { force: true });

    expect(configured.text).toBe(text);
    expect(configured.changes[0]?.reason).toContain('indented');
  });

  it('does not guess which of two sections is meant, by force either', () => {
    const text = `[profile daypass-shop]\na = 1\n[profile 'daypass-shop']\nb = 2\n`;

    const configured = configure(text, { force: true });

    expect(configured.text).toBe(text);
    expect(configured.changes[0]?.reason).toContain('2 times (lines 1, 3)');
  });

  it('sets a region where it is asked to, and else keeps the one that is there', () => {
    const added = configure('', { region: 'eu-west-1' }).text;
    const set = configure(ours, { region: 'eu-west-1' }).text;

    expect(added).toBe(`${ours}region = eu-west-1\n`);
    expect(set).toBe(added);
    expect(configure(added).text).toBe(added);
    expect(configure(added, { region: 'us-east-1' }).text).toBe(`${ours}region = us-east-1\n`);
  });
});

describe('configureSections, with what is obsolete,', () => {
  const isObsolete = (name: string, profile: string) => name === `daypass-${profile}` && profile !== 'shop';
  const old =
    '[profile daypass-old]\ncredential_process = daypass credentials old --format process\nregion = x\n';

  it.each([
    ['at the end', `[a]\nx = 1\n\n${old}`, '[a]\nx = 1\n'],
    ['at the beginning', `${old}\n[a]\nx = 1\n`, '[a]\nx = 1\n'],
    ['between others', `[a]\nx = 1\n\n${old}\n[b]\ny = 2\n`, '[a]\nx = 1\n\n[b]\ny = 2\n'],
    ['without blank lines', `[a]\nx = 1\n${old}[b]\ny = 2\n`, '[a]\nx = 1\n[b]\ny = 2\n'],
    ['above a comment', `[a]\n${old}# of b\n[b]\ny = 2\n`, '[a]\n# of b\n[b]\ny = 2\n'],
    ['alone', old, ''],
    ['twice', `${old}\n${old.replaceAll('old', 'older')}`, ''],
  ])('removes a section %s', (_, text, expected) => {
    const configured = configure(text, { wanted: [], isObsolete });

    expect(configured.text).toBe(expected);
    expect(new Set(kindsOf(configured))).toEqual(new Set(['removed']));
  });

  it.each([
    ['profiles that are not', ours],
    ['commands that are not ours', '[profile daypass-old]\ncredential_process = /bin/x\n'],
    ['sections with another prefix', old.replace('daypass-old', 'old')],
    ['another broker', old.replace('process\n', 'process --broker https://other.example\n')],
    ['above an indented section', `[a]\nx = 1\n${old.replace(/\n(?=.)/g, '\n ')} [b]\ny = 2\n`],
    ['what was changed by hand', old.replace('process\n', 'process --duration 1h\n')],
  ])('keeps sections: of %s', (_, text) => {
    expect(configure(text, { wanted: [], isObsolete }).text).toBe(text);
  });

  it('removes nothing that is wanted', () => {
    expect(configure(ours, { isObsolete: () => true }).text).toBe(ours);
  });

  it('leaves no trace of a section that it added', () => {
    const text = '[a]\nx = 1\n';
    const added = configure(text, { wanted: [aSection('old')] }).text;

    expect(configure(added, { wanted: [], isObsolete }).text).toBe(text);
  });
});

const adding: fc.Arbitrary<Partial<ConfigureOptions>> = fc.record(
  {
    wanted: fc.constantFrom([aSection('shop')], [aSection('shop'), aSection('web')], []),
    region: fc.constantFrom('eu-west-1', 'us-east-1'),
    force: fc.boolean(),
  },
  { requiredKeys: ['wanted'] },
);
const removing: fc.Arbitrary<Partial<ConfigureOptions>> = fc.record({
  wanted: fc.constantFrom([aSection('shop')], []),
  isObsolete: fc.constant((name: string, profile: string) => name === 'daypass-web' && profile === 'web'),
});

/** Lines of sections that are named as ours are, and blank ones: what may change. */
function toOtherLines(text: string): readonly string[] {
  let isOurs = false;
  return text.split(/\r\n|\r|\n/).filter((one) => {
    const content = one.replace(/^[ \t]+/, '');
    if (/^\[[^\]]+\]/.test(content)) isOurs = /daypass-(shop|web)/.test(content);
    return !isOurs && content !== '';
  });
}

/** Whether they are all there, in this order. */
function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let next = 0;
  return some.every((one) => {
    next = all.indexOf(one, next) + 1;
    return next > 0;
  });
}

describe('configureSections, of any file,', () => {
  it('done twice is as done once', () => {
    fc.assert(
      fc.property(configText, fc.oneof(adding, removing), (text, asked) => {
        const once = configure(text, asked).text;

        expect(configure(once, asked).text).toBe(once);
        expect(configure(once, asked).hunks).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('changes nothing outside of sections of its names', () => {
    fc.assert(
      fc.property(configText, adding, (text, asked) => {
        expect(toOtherLines(configure(text, asked).text)).toEqual(toOtherLines(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('removes nothing outside of them, and adds nothing there', () => {
    fc.assert(
      fc.property(configText, removing, (text, asked) => {
        const after = toOtherLines(configure(text, asked).text);
        const lines = text.split(/\r\n|\r|\n/);

        expect(isWithin(toOtherLines(text), after)).toBe(true);
        expect(isWithin(after, lines)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('adds below, where there is no section of its names, and the file is as it was above', () => {
    fc.assert(
      fc.property(configText, (text) => {
        fc.pre(!text.includes('daypass-'));

        const configured = configure(text).text;

        expect(configured.startsWith(text)).toBe(true);
        expect(configured.slice(text.length).replace(/\r\n?/g, '\n').trimStart()).toBe(ours);
      }),
      { numRuns: 1000 },
    );
  });
});
