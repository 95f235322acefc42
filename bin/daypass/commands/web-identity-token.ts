import { Command } from 'commander';
import type { BrokerClient } from '../../../lib/client/broker-client.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { connect } from '../../../lib/client/connect.ts';
import { requireToken } from '../../../lib/client/login/require-token.ts';
import { toNameSegment } from '../../../lib/client/path-segment.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import { toInstantText } from '../instant-text.ts';
import { parseDuration } from '../parse-duration.ts';
import type { Terminal } from '../terminal.ts';

interface TokenOptions {
  readonly audience?: string;
  readonly duration?: number;
  readonly reason?: string;
}

interface TokenAnswer {
  readonly IssuanceId: unknown;
  readonly WebIdentityToken: unknown;
  readonly Expiration: unknown;
}

/** `daypass web-identity-token` */
export const createWebIdentityTokenCommand = (terminal: Terminal): Command =>
  new Command('web-identity-token')
    .summary('a token signed by AWS, for a service outside of it')
    .description(
      "A JWT by which services outside of AWS know the profile's role: whoever has it is that role to its audience.",
    )
    .argument('<profile>', 'a profile with webIdentityToken')
    .option('--audience <audience>', 'one of those that daypass profiles shows; the only one when left out')
    .option(
      '--duration <duration>',
      "how long it is good for; the profile's own when left out",
      parseDuration,
    )
    .option('--reason <text>', 'kept in the audit')
    .addHelpText(
      'after',
      `
Examples:
  daypass web-identity-token partner-token --audience https://api.partner.example
  curl -H @<(echo "authorization: Bearer $(daypass web-identity-token partner-token)") https://api.partner.example`,
    )
    .action(async (profile: string, options: TokenOptions) => {
      const client = await connect(terminal.env, terminal);
      const { duration, reason } = options;
      const audience = options.audience ?? (await findAudience(client, profile, terminal.signal));
      const answer = await client.call({
        method: 'POST',
        path: `/v1/profiles/${toNameSegment(profile, 'a profile')}/web-identity-token`,
        body: {
          audience,
          ...(duration === undefined ? {} : { durationSeconds: duration }),
          ...(reason === undefined ? {} : { reason }),
        },
        signal: terminal.signal,
      });
      printToken(readJson<TokenAnswer>(answer), terminal);
    });

/** @throws ClientError for what is no token: a terminal would obey what it may hold */
function printToken({ IssuanceId, WebIdentityToken, Expiration }: TokenAnswer, terminal: Terminal): void {
  if ([IssuanceId, WebIdentityToken, Expiration].some((member) => typeof member !== 'string'))
    throw new ClientError('unavailable', 'what answered is no broker: its answer holds no token', {
      hint: 'check DAYPASS_URL',
    });
  terminal.print(`${requireToken(String(WebIdentityToken), "the broker's answer")}\n`);
  if (terminal.printsForPeople)
    terminal.note(`until ${toInstantText(String(Expiration))}, issuance ${IssuanceId}`);
}

interface ProfilesAnswer {
  readonly profiles: readonly {
    readonly name: string;
    readonly webIdentityToken?: { readonly audiences: readonly string[] };
  }[];
}

const toAudiences = (profiles: ProfilesAnswer['profiles'], profile: string): readonly string[] => [
  ...(profiles.find(({ name }) => name === profile)?.webIdentityToken?.audiences ?? []),
];

/** The only one that there is. @throws ClientError `usage` where somebody has to choose */
async function findAudience(client: BrokerClient, profile: string, signal: AbortSignal): Promise<string> {
  const { profiles } = readJson<ProfilesAnswer>(
    await client.call({ method: 'GET', path: '/v1/profiles', signal }),
    ['profiles'],
  );
  const audiences = fromAnswer(() => toAudiences(profiles, profile));
  const [first, ...others] = audiences;
  if (first === undefined)
    throw new ClientError('refused', 'no profile that you may use gives tokens under that name', {
      hint: 'see daypass profiles',
    });
  if (others.length === 0) return first;
  throw new ClientError('usage', 'the profile gives tokens for several audiences', {
    hint: `name one by --audience: ${audiences.join(', ')}`,
  });
}
