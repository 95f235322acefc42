import fc from 'fast-check';

/** What a profile of ours asks. */
export const shopCommand = 'daypass credentials shop --format process';

/** Lines as people and programs write them, and as nobody should. */
const line = fc.oneof(
  fc.constantFrom(
    '[default]',
    '[profile other]',
    '[profile "daypass-web"]',
    '[profile daypass-shop]',
    ' [profile daypass-shop]',
    '[profile\tdaypass-shop] # x',
    '[sso-session s]',
    '[]',
    '[',
    '# [profile daypass-shop]',
    '; x',
    '',
    '  ',
    '\t',
    '\u001c',
    '\u001f[x]',
    'region = eu-west-1',
    '  nested = 1',
    's3 =',
    'a:b',
    '= x',
    'nonsense',
    `credential_process = ${shopCommand}`,
    'credential_process=daypass credentials web --format process',
    'credential_process = /bin/x "a b"',
    'credential_process',
    'role_arn = y',
    '\u00EF\u00BB\u00BF[default]',
    'k = \u00C3\u00A0\u00A0',
  ),
  fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
    maxLength: 20,
  }),
);

/** AWS configurations, a character for each byte. */
export const configText: fc.Arbitrary<string> = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n')), { maxLength: 14 })
  .map((lines) => lines.flat().join(''))
  .chain((text) => fc.constantFrom(text, text.replace(/[\r\n]+$/, '')));

/** Those among which the AWS CLI can read more than a few: whole sections, one after another. */
export const readableConfigText: fc.Arbitrary<string> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom(
        '[default]',
        '[profile other]',
        '[profile daypass-web]',
        "[profile 'daypass-shop']",
        '[x]',
      ),
      fc.uniqueArray(
        fc.constantFrom(
          'region = eu-west-1',
          '  output = yaml',
          's3 =\n  max_attempts = 3',
          '# note',
          '',
          `credential_process = ${shopCommand}`,
          'credential_process = /bin/x',
          'role_arn : arn',
          '    source_profile=other\n      more',
        ),
        { selector: (text) => /^\s*(\w*)/.exec(text)?.[1] ?? '', maxLength: 5 },
      ),
    ),
    { selector: ([header]) => header, maxLength: 5 },
  )
  .map((sections) => sections.flatMap(([header, lines]) => [header, ...lines]))
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join('\n').replaceAll('\n', end)));
