import { Command } from 'commander';
import type * as z from 'zod';
import type { verifyAnswer } from '../../../../lambda/http/integration-schemas.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { connect } from '../../../../lib/client/connect.ts';
import { fromAnswer, readJson } from '../../../../lib/client/read-json.ts';
import { toPrintable, toPrintableJson } from '../../printable.ts';
import { type Column, renderTable, toBold } from '../../render-table.ts';
import type { Terminal } from '../../terminal.ts';
import { orConflict, toIntegrationPath } from './change-integration.ts';

type Verified = z.output<typeof verifyAnswer>;
type Verification = Verified['verification'];

/** `daypass integrations verify` */
export const createVerifyCommand = (terminal: Terminal): Command =>
  new Command('verify')
    .summary('proves that the role enforces the ExternalId, or says what to change in it')
    .argument('<name>')
    .option('--json', 'all of it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  daypass integrations verify acme-invoices\n\nTakes some seconds. Ends with 0 where it is proven, with 1 otherwise.',
    )
    .action(async (name: string, { json }: { readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      const answer = await orConflict(name, () =>
        client.call({
          ...{ method: 'POST', path: `${toIntegrationPath(name)}/verify`, signal: terminal.signal },
        }),
      );
      const verified = readJson<Verified>(answer, ['integration', 'verification']);
      terminal.print(
        json ? `${toPrintableJson(verified, 2)}\n` : fromAnswer(() => renderVerified(verified, terminal)),
      );
      const { result } = verified.verification;
      if (result !== 'PASSED')
        throw new ClientError('failed', `${name} is not proven: ${result}`, {
          hint: 'IAM takes up to a minute to tell all of STS about a change',
        });
    });

const columns: readonly Column<Verification['probes'][number]>[] = [
  { heading: 'PROBE', value: ({ kind }) => kind },
  { heading: 'WANTED', value: ({ wanted }) => wanted },
  { heading: 'SEEN', value: ({ seen }) => seen },
  { heading: 'BECAUSE', value: ({ because, errorCode }) => because ?? errorCode },
];

function renderVerified({ integration, verification }: Verified, terminal: Terminal): string {
  const { result, probes, findings, proved } = verification;
  const toHeading = terminal.printsForPeople ? toBold : (text: string) => text;
  const what = proved === undefined || result !== 'PASSED' ? '' : `, proved the ${proved} ExternalId`;
  return [
    `${toHeading(toPrintable(integration.name))}: ${toPrintable(`${result}${what}`)}, now ${toPrintable(integration.state)}\n`,
    renderTable(columns, probes, terminal),
    ...findings.map(
      ({ severity, code, message, remedy }) =>
        `\n${toHeading(toPrintable(`${severity}: ${code}`))}\n  ${toPrintable(message)}\n  change: ${toPrintable(remedy)}\n`,
    ),
  ].join('');
}
