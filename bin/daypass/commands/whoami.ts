import { Command } from 'commander';
import { connect } from '../../../lib/client/connect.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import { toDistanceText, toInstantText } from '../instant-text.ts';
import { toPrintableJson } from '../printable.ts';
import { type Fact, renderFacts } from '../render-facts.ts';
import type { Terminal } from '../terminal.ts';

/** As `whoamiAnswer` of the route table has it. */
interface WhoamiAnswer {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly selfAsserted?: Readonly<Record<string, unknown>>;
  readonly aws?: Readonly<Record<string, string>>;
  readonly mfa: boolean;
  readonly authTime?: string;
  readonly expiresAt: string;
  readonly sourceIp: string;
}

/** `daypass whoami` */
export const createWhoamiCommand = (terminal: Terminal): Command =>
  new Command('whoami')
    .summary('who you are to the broker')
    .description('Who you are as the broker sees it: issuer, subject, and the claims that policy compares.')
    .option('--json', 'as one JSON object, with all there is')
    .addHelpText(
      'after',
      `
Examples:
  daypass whoami
  daypass whoami --json | jq -r .subject

Lines for programs have a label and a value, parted by a tab.`,
    )
    .action(async ({ json }: { readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      const answer = await client.call({ method: 'GET', path: '/v1/whoami', signal: terminal.signal });
      const principal = readJson<WhoamiAnswer>(answer, ['issuer', 'subject', 'claims', 'expiresAt']);
      terminal.print(
        json
          ? `${toPrintableJson(principal, 2)}\n`
          : fromAnswer(() => renderFacts(toFacts(principal, client.broker, terminal), terminal)),
      );
    });

const toFacts = (
  principal: WhoamiAnswer,
  broker: URL,
  { now, printsForPeople }: Terminal,
): readonly Fact[] => {
  const {
    issuer,
    subject,
    claims,
    selfAsserted = {},
    aws = {},
    mfa,
    authTime,
    expiresAt,
    sourceIp,
  } = principal;
  const left = printsForPeople ? ` (${toDistanceText(Date.parse(expiresAt), now())})` : '';
  return [
    ['broker', broker.href],
    ['issuer', issuer],
    ['subject', subject],
    ...Object.entries(claims).map(([name, value]): Fact => [`claims:${name}`, toText(value)]),
    ...Object.entries(selfAsserted).map(([name, value]): Fact => [`${name}, self-asserted`, toText(value)]),
    ...Object.entries(aws).map(([name, value]): Fact => [`aws:${name}`, value]),
    ['mfa', mfa ? 'yes' : 'no'],
    ['signed in', toInstantText(authTime)],
    ['until', `${toInstantText(expiresAt)}${left}`],
    ['address', sourceIp],
  ];
};

const toText = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join(', ') : String(value);
