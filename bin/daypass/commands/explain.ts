import { Command } from 'commander';
import { connect } from '../../../lib/client/connect.ts';
import { toResource } from '../../../lib/client/get-credentials.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import { exitCodes } from '../exit-codes.ts';
import { addNarrowingOptions, type NarrowingOptions, toRequest } from '../narrowing-options.ts';
import { toPrintableJson } from '../printable.ts';
import { type Explanation, renderExplanation } from '../render-explanation.ts';
import type { Terminal } from '../terminal.ts';

interface ExplainOptions extends NarrowingOptions {
  readonly json?: true;
}

/** `daypass explain` */
export const createExplainCommand = (terminal: Terminal): Command =>
  addNarrowingOptions(
    new Command('explain')
      .summary('what a profile would give you, and why')
      .description(
        'Says what asking for credentials would give and why, without issuing any: Allow or Deny, the statement that decides, for how long, tags and policy.',
      )
      .argument('<profile>', 'any profile'),
  )
    .option('--json', "the broker's answer, in one line")
    .addHelpText(
      'after',
      `
Examples:
  daypass explain prod-readonly
  daypass explain prod-readonly --duration 2h
  daypass explain team-data --tag Purpose=audit --json | jq .sessionTags

Ends with 4 where it would be denied.`,
    )
    .action(async (profile: string, options: ExplainOptions) => {
      const { env, now, note, signal } = terminal;
      const client = await connect(env, { now, note, signal });
      const { profile: name, integration, ...narrowing } = toRequest(profile, options);
      const answer = await client.call({
        method: 'POST',
        path: `${toResource(name, integration ? 'integration' : 'profile')}/explain`,
        body: narrowing,
        signal,
      });
      const explanation = readJson<Explanation>(answer, ['effect']);
      terminal.print(
        options.json
          ? `${toPrintableJson(explanation)}\n`
          : fromAnswer(() => renderExplanation(explanation, terminal)),
      );
      // Of an answer that isn't Allow, whatever it is.
      if (explanation.effect !== 'Allow') process.exitCode = exitCodes.refused;
    });
