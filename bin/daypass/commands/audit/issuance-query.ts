import type { Command } from 'commander';
import { issuanceStates } from '../../../../lambda/core/issuance.ts';
import { toChoiceOption } from '../../choice-option.ts';
import { type Moment, parseMoment } from '../../parse-duration.ts';

/** Filters of the audit. */
export interface IssuanceFilters {
  readonly principal?: string;
  readonly profile?: string;
  readonly integration?: string;
  readonly accessKey?: string;
  readonly state?: string;
  readonly since?: Moment;
  readonly until?: Moment;
}

export const withIssuanceFilters = (command: Command): Command =>
  command
    .option(
      '--principal <issuer.subject>',
      'of one caller, as whoami shows it, or as CloudTrail shows its source identity',
    )
    .option('--profile <name>', 'of one profile, and what was asked for under that name')
    .option('--integration <name>', "of one third party's role")
    .option('--access-key <id>', 'of one key that was given out')
    .addOption(toChoiceOption('--state <state>', 'of one state', issuanceStates))
    .option('--since <when>', 'from then on: 2h, 2d, 2026-11-21, 2026-11-21T08:00:00Z', parseMoment)
    .option('--until <when>', 'up to then, exclusive', parseMoment);

/** All but the times, as the broker takes them. */
export const toIssuanceQuery = (filters: IssuanceFilters): Readonly<Record<string, string>> => {
  const { principal, profile, integration, accessKey: accessKeyId, state } = filters;
  const all = Object.entries({ principal, profile, integration, accessKeyId, state });
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

/** @param nowMs epoch milliseconds */
export const toSpanQuery = (
  { since, until }: Pick<IssuanceFilters, 'since' | 'until'>,
  nowMs: number,
): Readonly<Record<string, string>> => ({
  ...(since === undefined ? {} : { from: new Date(since(nowMs)).toISOString() }),
  ...(until === undefined ? {} : { to: new Date(until(nowMs)).toISOString() }),
});
