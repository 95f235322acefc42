import { Command } from 'commander';
import type { BrokerClient } from '../../../lib/client/broker-client.ts';
import { fetchBrokerTime } from '../../../lib/client/broker-time.ts';
import { ClientError } from '../../../lib/client/client-error.ts';
import { connect } from '../../../lib/client/connect.ts';
import { clearCredentialCache } from '../../../lib/client/credential-cache.ts';
import { toDirectories } from '../../../lib/client/directories.ts';
import { toPathSegment } from '../../../lib/client/path-segment.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import type { NamedPrincipal } from '../../../lib/client/read-principal.ts';
import { type Moment, parseMoment } from '../parse-duration.ts';
import { parsePrincipal } from '../parse-principal.ts';
import { toPrintableJson } from '../printable.ts';
import { requireOne } from '../require-one.ts';
import type { Terminal } from '../terminal.ts';
import { renderRevocation } from './controls/render-revocation.ts';
import type { RevocationView } from './controls/revocation-view.ts';

interface RevokeOptions {
  readonly principal?: NamedPrincipal;
  readonly role?: string;
  readonly before?: Moment;
  readonly reason: string;
  readonly json?: true;
}

/** `daypass revoke` */
export const createRevokeCommand = (terminal: Terminal): Command =>
  new Command('revoke')
    .summary('ends what was issued')
    .description(
      'Ends the very session of an issuance, or all sessions of a principal or a role from before an instant, by a policy on the role. Where the broker applies no policies it is printed, with the command. For whom the controls section of the configuration trusts. Suspend first whoever would get the next one.',
    )
    .argument('[issuance id]', 'as daypass audit shows it')
    .option('--principal <issuer.subject>', 'all that one caller was given', parsePrincipal)
    .option('--role <arn>', "all sessions of a role, others' than Daypass's too")
    .option(
      '--before <when>',
      'with --principal and --role: sessions from before then; now when left out',
      parseMoment,
    )
    .requiredOption('--reason <text>', 'kept with it')
    .option('--json', 'all of it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  daypass revoke 01KAJ1T5XW4TQ5ZQ0W2Y8F3A7B --reason "key in a public repository, INC-1234"
  daypass revoke --principal okta.alice@example.com --reason "laptop stolen, INC-1234"
  daypass revoke --role arn:aws:iam::222222222222:role/daypass/Deploy --before 2026-11-21T08:00:00Z --reason INC-1234

Ends with 1 where a policy could not be applied.`,
    )
    .action((id: string | undefined, options: RevokeOptions) => revoke(id, options, terminal));

async function revoke(id: string | undefined, options: RevokeOptions, terminal: Terminal): Promise<void> {
  const { principal, role, before, reason } = options;
  requireOne({ 'an issuance id': id, '--principal': principal, '--role': role });
  if (id !== undefined && before !== undefined)
    throw new ClientError('usage', '--before goes with --principal and --role: an issuance is one session');
  const client = await connect(terminal.env, terminal);
  const request =
    id === undefined
      ? await toRequestOfAll(client, options, terminal)
      : { path: `/v1/issuances/${toPathSegment(id, 'an issuance')}/revocation` as const, body: { reason } };
  const answer = await client.call({ method: 'POST', ...request, signal: terminal.signal });
  const revocation = readJson<RevocationView>(answer, ['id', 'policies']);
  terminal.print(
    options.json
      ? `${toPrintableJson(revocation)}\n`
      : fromAnswer(() => renderRevocation(revocation, terminal)),
  );
  // The caller's own may be among what has ended.
  clearCredentialCache(toDirectories(terminal.env), client.broker);
  fromAnswer(() => sayWhatIsLeft(revocation, terminal));
}

/** A clock that is slow would leave the last sessions be, one that is fast would be refused. */
async function toRequestOfAll(
  client: BrokerClient,
  { principal, role: roleArn, before = (nowMs) => nowMs, reason }: RevokeOptions,
  { now, signal }: Terminal,
) {
  const path = '/v1/revocations';
  const nowMs = await fetchBrokerTime(client, { path, elsewiseMs: now(), signal });
  return {
    path,
    body: { principal, roleArn, before: new Date(before(nowMs)).toISOString(), reason },
  } as const;
}

/** @throws ClientError where a policy is not there that should be */
function sayWhatIsLeft({ policies }: RevocationView, { note }: Terminal): void {
  const failed = policies.filter(({ state }) => state === 'FAILED' || state === 'APPLYING').length;
  if (failed > 0)
    throw new ClientError('failed', `${failed} of ${policies.length} policies may not be there`, {
      hint: 'apply them as shown above, or repeat this command',
    });
  if (policies.length === 0) note('no session was found that a policy could end');
  const printed = policies.filter(({ state }) => state === 'PRINTED').length;
  if (printed > 0)
    note(`nothing has ended yet on ${printed} of ${policies.length}: apply the policy as shown`);
}
