import { Command } from 'commander';
import { ClientError } from '../../../lib/client/client-error.ts';
import { connect } from '../../../lib/client/connect.ts';
import { readJson } from '../../../lib/client/read-json.ts';
import { toPrintableJson } from '../printable.ts';
import { readInput } from '../read-document.ts';
import type { Terminal } from '../terminal.ts';

/** `daypass decode` */
export const createDecodeCommand = (terminal: Terminal): Command =>
  new Command('decode')
    .summary('what stands in an encoded authorization failure message')
    .description(
      'Decodes the message of a refusal of AWS: who asked for what, and whether a Deny refused. For whom the section authorizationMessages trusts.',
    )
    .argument(
      '<message>',
      'the message, or all of the error that it stands in; - reads it from standard input',
    )
    .option('--reason <text>', 'kept in the audit')
    .addHelpText(
      'after',
      `
Examples:
  daypass decode RQ1V7…
  aws ec2 run-instances … 2>&1 | daypass decode -`,
    )
    .action(async (argument: string, { reason }: { readonly reason?: string }) => {
      const encodedMessage = requireMessage(argument === '-' ? await readInput(terminal.signal) : argument);
      const client = await connect(terminal.env, terminal);
      const answer = await client.call({
        ...{ method: 'POST', path: '/v1/authorization-messages/decode', signal: terminal.signal },
        body: { encodedMessage, ...(reason === undefined ? {} : { reason }) },
      });
      const { DecodedMessage: decoded } = readJson<{ readonly DecodedMessage: unknown }>(answer, [
        'DecodedMessage',
      ]);
      terminal.print(`${toPrintableJson(decoded, 2)}\n`);
    });

/** Of what was pasted: terminals break long lines, and errors say more than the message. */
function requireMessage(pasted: string): string {
  const message = (/failure message:\s*(\S+)/i.exec(pasted)?.[1] ?? pasted).replaceAll(/\s+/g, '');
  if (message !== '') return message;
  throw new ClientError('usage', 'there is no message to decode');
}
