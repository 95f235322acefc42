import { Command } from 'commander';
import type * as z from 'zod';
import {
  findingKinds,
  findingSeverities,
  findingStates,
} from '../../../lambda/core/reconciliation/finding.ts';
import type { findingAnswer } from '../../../lambda/http/finding-schemas.ts';
import { connect } from '../../../lib/client/connect.ts';
import { toPathSegment } from '../../../lib/client/path-segment.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import { toChoiceOption } from '../choice-option.ts';
import { toInstantText } from '../instant-text.ts';
import { listRoute } from '../list-route.ts';
import { type Moment, parseMoment } from '../parse-duration.ts';
import { addListOptions, type ListOptions, toJsonOption } from '../print-list.ts';
import { toPrintableJson } from '../printable.ts';
import { type Fact, renderFacts } from '../render-facts.ts';
import type { Column } from '../render-table.ts';
import type { Terminal } from '../terminal.ts';
import { toSpanQuery } from './audit/issuance-query.ts';

type FindingView = z.output<typeof findingAnswer>;

/** `daypass findings`, `findings show` */
export function createFindingsCommand(terminal: Terminal): Command {
  const findings = addListOptions(
    new Command('findings')
      .summary('where the audit and CloudTrail differ')
      .description('What the comparison of the audit with CloudTrail and the access log found, newest first.')
      .enablePositionalOptions()
      .addOption(toChoiceOption('--kind <kind>', 'of one kind', findingKinds))
      .addOption(toChoiceOption('--severity <severity>', 'of one severity', findingSeverities))
      .addOption(toChoiceOption('--state <state>', 'RESOLVED: what was missing has come', findingStates))
      .option('--since <when>', 'from then on: 2h, 2d, 2026-11-21', parseMoment)
      .option('--until <when>', 'up to then, exclusive', parseMoment),
  )
    .addHelpText(
      'after',
      `
Examples:
  daypass findings --state OPEN
  daypass findings --severity critical --since 30d --all --json
  daypass findings show <id>

Lines for programs have time, severity, state, kind, id, summary, parted by tabs.`,
    )
    .action((options: FindingOptions) => listFindings(options, terminal));
  findings.addCommand(createShowCommand(terminal));
  return findings;
}

interface FindingOptions extends ListOptions {
  readonly kind?: string;
  readonly severity?: string;
  readonly state?: string;
  readonly since?: Moment;
  readonly until?: Moment;
}

const columns: readonly Column<FindingView>[] = [
  { heading: 'TIME', value: ({ createdAt }) => toInstantText(createdAt) },
  { heading: 'SEVERITY', value: ({ severity }) => severity },
  { heading: 'STATE', value: ({ state }) => state },
  { heading: 'KIND', value: ({ kind }) => kind },
  { heading: 'ID', value: ({ id }) => id },
  { heading: 'SUMMARY', value: ({ summary }) => summary, shrinks: true },
];

async function listFindings(options: FindingOptions, terminal: Terminal): Promise<void> {
  const { kind, severity, state } = options;
  const query = {
    ...(kind === undefined ? {} : { kind }),
    ...(severity === undefined ? {} : { severity }),
    ...(state === undefined ? {} : { state }),
    ...toSpanQuery(options, terminal.now()),
  };
  await listRoute<FindingView>(
    {
      ...{ ...options, path: '/v1/findings', noun: 'findings', query, columns },
      at: ({ createdAt }) => createdAt,
    },
    terminal,
  );
}

const createShowCommand = (terminal: Terminal): Command =>
  new Command('show')
    .summary('one finding, with what differs')
    .argument('<id>', 'as the list shows it')
    .addOption(toJsonOption())
    .addHelpText('after', '\nExamples:\n  daypass findings show mismatch-01KAJ1T5XW4TQ5ZQ0W2Y8F3A7B')
    .action(async (id: string, { json }: { readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      const path = `/v1/findings/${toPathSegment(id, 'a finding')}` as const;
      const finding = readJson<FindingView>(
        await client.call({ method: 'GET', path, signal: terminal.signal }),
        ['id', 'state', 'kind'],
      );
      if (json) terminal.print(`${toPrintableJson(finding)}\n`);
      else terminal.print(fromAnswer(() => renderFacts(toFacts(finding), terminal)));
    });

const toFacts = ({ event = { foundIn: '' }, ...finding }: FindingView): readonly Fact[] => [
  ['finding', finding.id],
  ['severity', finding.severity],
  ['state', finding.state],
  ['kind', finding.kind],
  ['summary', finding.summary],
  ['found', toInstantText(finding.createdAt)],
  ['resolved', finding.resolvedAt && `${toInstantText(finding.resolvedAt)}: ${finding.resolution ?? ''}`],
  ['issuance', finding.issuanceId],
  ...finding.differences.map(
    ({ field, row = 'nothing', event: other = 'nothing' }): Fact => [
      'differs',
      `${field}: the audit says ${row}, CloudTrail ${other}`,
    ],
  ),
  ['event', [event.eventName, event.eventId].filter(Boolean).join(' ')],
  ['event of', [toInstantText(event.eventTime), event.accountId, event.region].filter(Boolean).join(', ')],
  ['role', event.roleArn],
  ['caller', event.callerArn],
  ['access key', event.accessKeyId],
  ['found in', event.foundIn],
];
