import { Command, Option } from 'commander';
import { connect } from '../../../../lib/client/connect.ts';
import { readJson } from '../../../../lib/client/read-json.ts';
import { toPrintableJson, toPrintableLines } from '../../printable.ts';
import type { Terminal } from '../../terminal.ts';
import { toIntegrationPath } from './change-integration.ts';

/** As `?format=` of the API has them. */
const formats = [
  ...['markdown', 'cli', 'cloudformation', 'terraform', 'trust-policy', 'quick-create-template'],
  'json',
] as const;

/** `daypass integrations onboard` */
export const createOnboardCommand = (terminal: Terminal): Command =>
  new Command('onboard')
    .summary('what the third party needs to make its role')
    .argument('<name>', 'self: your own, as a third party')
    .addOption(
      new Option('--format <format>', 'json: all of them, and the quick-create link')
        .choices(formats)
        .default('markdown'),
    )
    .addHelpText(
      'after',
      `
Examples:
  daypass integrations onboard acme-invoices
  daypass integrations onboard acme-invoices --format cloudformation > role.yaml
  daypass integrations onboard acme-invoices --format json | jq -r .quickCreate.url`,
    )
    .action(async (name: string, { format }: { readonly format: string }) => {
      const client = await connect(terminal.env, terminal);
      const answer = await client.call({
        ...{ method: 'GET', path: `${toIntegrationPath(name)}/onboarding`, signal: terminal.signal },
        query: format === 'json' ? {} : { format },
      });
      terminal.print(toText(format, answer, terminal));
    });

/** A file is what the broker wrote, to the letter; a terminal is shown what it can be. */
function toText(
  format: string,
  answer: { readonly text: string },
  { printsForPeople }: Pick<Terminal, 'printsForPeople'>,
): string {
  if (format === 'json') return `${toPrintableJson(readJson(answer), 2)}\n`;
  const text = answer.text.endsWith('\n') ? answer.text : `${answer.text}\n`;
  return printsForPeople ? toPrintableLines(text) : text;
}
