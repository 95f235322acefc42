import { Command } from 'commander';
import type * as z from 'zod';
import type { consoleAnswer } from '../../../lambda/http/console-schemas.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { connect } from '../../../lib/client/connect.ts';
import { toResource } from '../../../lib/client/get-credentials.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import { toInstantText } from '../instant-text.ts';
import { addNarrowingOptions, type NarrowingOptions, toRequest } from '../narrowing-options.ts';
import type { Terminal } from '../terminal.ts';

interface ConsoleOptions extends NarrowingOptions {
  readonly open?: true;
  readonly destination?: string;
}

type ConsoleAnswer = z.output<typeof consoleAnswer>;

/** `daypass console` */
export const createConsoleCommand = (terminal: Terminal): Command =>
  addNarrowingOptions(
    new Command('console')
      .summary('a link that signs in to the AWS console')
      .description(
        'Prints a link that signs in to the AWS console: whoever opens it within 15 minutes is the session. With --open a browser is sent there, and nothing is printed.',
      )
      .argument('<profile>', 'one of those that daypass profiles shows with console'),
  )
    .option('--open', 'open it in a browser; the link is in no list of processes')
    .option('--destination <url>', 'a page of the AWS console; its start page when left out')
    .addHelpText(
      'after',
      `
Examples:
  daypass console prod-readonly --open
  daypass console prod-readonly --destination https://eu-west-1.console.aws.amazon.com/cloudwatch/home`,
    )
    .action(async (profile: string, options: ConsoleOptions) => {
      // Before there is a session that nobody gets to see.
      if (options.open) await requireBrowser(terminal);
      const link = await fetchLink(profile, options, terminal);
      if (options.open) await openLink(requireUrl(link.SigninUrl), terminal);
      else terminal.print(`${link.SigninUrl}\n`);
      terminal.note(fromAnswer(() => toTimes(link, options)));
    });

function toTimes(
  { ExpiresAt, SessionExpiresAt, IssuanceId }: ConsoleAnswer,
  { open }: ConsoleOptions,
): string {
  const until = open ? '' : `good for opening until ${toInstantText(ExpiresAt)}, `;
  return `${until}the session ends at ${toInstantText(SessionExpiresAt)}, issuance ${IssuanceId}`;
}

async function fetchLink(
  profile: string,
  options: ConsoleOptions,
  { env, now, note, signal }: Terminal,
): Promise<ConsoleAnswer> {
  const client = await connect(env, { now, note, signal });
  const { profile: name, integration, ...narrowing } = toRequest(profile, options);
  const { destination } = options;
  const answer = await client.call({
    method: 'POST',
    path: `${toResource(name, integration ? 'integration' : 'profile')}/console`,
    body: { ...narrowing, ...(destination === undefined ? {} : { destination }) },
    signal,
  });
  const link = readJson<ConsoleAnswer>(answer);
  requireUrl(link.SigninUrl);
  return link;
}

/** Goes to a browser, or to a terminal. */
function requireUrl(text: unknown): URL {
  if (typeof text === 'string' && /^[\x21-\x7e]+$/.test(text) && /^https?:/.test(text) && URL.canParse(text))
    return new URL(text);
  throw new ClientError('unavailable', 'what answered is no broker: its answer holds no link');
}

async function requireBrowser({ env }: Terminal): Promise<void> {
  const { hasBrowser } = await import('../../../lib/client/open-browser.ts');
  if (!hasBrowser(env)) throw toNoBrowser();
}

async function openLink(destination: URL, { env, note, signal }: Terminal): Promise<void> {
  const { openBrowser } = await import('../../../lib/client/open-browser.ts');
  const { sendBrowser } = await import('../../../lib/client/send-browser.ts');
  await sendBrowser({
    destination,
    signal,
    show: async (address) => {
      if (!(await openBrowser(address, env))) throw toNoBrowser();
      // Good once and for this user's processes alone, so it may be read here.
      note(`Your browser should show the AWS console. If it does not, open ${address.href}`);
    },
  });
}

const toNoBrowser = () =>
  new ClientError('failed', 'no browser can be opened here', {
    hint: 'without --open the link is printed; BROWSER names one',
  });
