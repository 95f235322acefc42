/** One line of the file, with its line end. A character stands for a byte: whatever is in the file stays as it is. */
export interface ConfigLine {
  readonly text: string;
  /** From 1, as editors count. */
  readonly number: number;
}

/** `key = value`, with the indented lines that go on with the value. */
export interface ConfigSetting {
  /** In lower case: the AWS CLI doesn't tell cases apart. */
  readonly key: string;
  readonly value: string;
  readonly lines: readonly ConfigLine[];
}

/** What stands from one `[…]` to the next. */
export interface ConfigSection {
  /** Of `[profile <name>]` and no other kind; quotes are gone. */
  readonly profile: string | undefined;
  /** `undefined` above the first section. */
  readonly header: ConfigLine | undefined;
  readonly settings: readonly ConfigSetting[];
  /** What is no setting, no comment and not blank: the AWS CLI reads no file that has one. */
  readonly strays: readonly ConfigLine[];
  /** All of them, the header and comments included. */
  readonly lines: readonly ConfigLine[];
}

/**
 * The sections of an AWS configuration file, as Python's configparser sees them, which is how the AWS CLI and boto3
 * read it (docs.python.org, "Supported INI File Structure"): an indented line goes on with the setting above it, even
 * where it looks like a section. The lines together are the text.
 */
export function readSections(text: string): readonly ConfigSection[] {
  const sections: OpenSection[] = [toSection(undefined)];
  let settingIndent: number | undefined;
  for (const line of toLines(text)) {
    const content = toContent(line);
    const section = sections.at(-1);
    const indent = toIndent(line).length;
    if (content === '' || section === undefined) section?.lines.push(line);
    else if (settingIndent !== undefined && indent > settingIndent) continueSetting(section, line);
    else if (/^\[[^\]]+\]/.test(content)) {
      sections.push(toSection(line));
      settingIndent = undefined;
    } else if (addSetting(section, line, content)) settingIndent = indent;
    else section.strays.push(line);
  }
  return sections;
}

interface OpenSection extends ConfigSection {
  readonly settings: OpenSetting[];
  readonly strays: ConfigLine[];
  readonly lines: ConfigLine[];
}

interface OpenSetting extends ConfigSetting {
  value: string;
  readonly lines: ConfigLine[];
}

const toSection = (header: ConfigLine | undefined): OpenSection => ({
  profile: header === undefined ? undefined : toProfile(toContent(header)),
  header,
  settings: [],
  strays: [],
  lines: header === undefined ? [] : [header],
});

/** Python ends a line at a lone carriage return too. */
const toLines = (text: string): readonly ConfigLine[] =>
  (text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []).map((line, index) => ({
    text: line,
    number: index + 1,
  }));

/** The white space before what stands there. */
export const toIndent = ({ text }: ConfigLine): string => leadingSpace.exec(text)?.[0] ?? '';

/** Python's white space but for what is no single byte in UTF-8: JavaScript's has others. */
const space = ' \\t\\v\\f\\u001c-\\u001f';
const leadingSpace = new RegExp(`^[${space}]*`);
const trailingSpace = new RegExp(`[${space}\\r\\n]+$`);

/** Without white space, the bytes of a byte order mark at the beginning of the file, and what is all comment. */
function toContent({ text, number }: ConfigLine): string {
  const line = number === 1 ? text.replace(/^\u00EF\u00BB\u00BF/, '') : text;
  const content = line.replace(leadingSpace, '').replace(trailingSpace, '');
  return /^[#;]/.test(content) ? '' : content;
}

/** The SDK for JavaScript takes one space and one pair of quotes, the AWS CLI any that a shell would. */
const profileHeader = /^\[profile[ \t]+(?:"([^"\]]+)"|'([^'\]]+)'|([^\s"'\]]+))[ \t]*\]/;

function toProfile(header: string): string | undefined {
  const [, double, single, bare] = profileHeader.exec(header) ?? [];
  return double ?? single ?? bare;
}

function continueSetting(section: OpenSection, line: ConfigLine): void {
  const setting = section.settings.at(-1);
  section.lines.push(line);
  if (setting === undefined) return;
  setting.value += `\n${toContent(line)}`;
  setting.lines.push(line);
}

const settingContent = /^([^=:]*?)[ \t]*[=:][ \t]*(.*)$/s;

function addSetting(section: OpenSection, line: ConfigLine, content: string): boolean {
  section.lines.push(line);
  const [, key, value] = settingContent.exec(content) ?? [];
  if (key === undefined || value === undefined) return false;
  section.settings.push({ key: key.toLowerCase(), value, lines: [line] });
  return true;
}
