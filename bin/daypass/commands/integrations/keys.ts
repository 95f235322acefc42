import { Command } from 'commander';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { connect } from '../../../../lib/client/connect.ts';
import { requireConfirmation } from '../../ask.ts';
import { toPrintableJson } from '../../printable.ts';
import { type Document, readDocument } from '../../read-document.ts';
import type { Terminal } from '../../terminal.ts';
import { changeIntegration, fetchIntegration } from './change-integration.ts';
import { type ChangeOptions, toReasonQuery, withChangeOptions } from './change-options.ts';

interface KeysOptions extends Omit<ChangeOptions, 'json'> {
  readonly file?: string;
  readonly none?: true;
  readonly yes?: true;
}

/** `daypass integrations keys` */
export const createKeysCommand = (terminal: Terminal): Command =>
  withChangeOptions(
    new Command('keys')
      .summary('the public keys by which the third party calls the broker: shows or replaces them')
      .argument('<name>', 'self: your own, as a third party')
      .option(
        '-f, --file <path>',
        'a JWK set, or one public JWK, to take the place of all; - is standard input',
      )
      .option('--none', 'takes all keys away: the third party is locked out')
      .option('-y, --yes', 'do not ask'),
  )
    .addHelpText(
      'after',
      `
Examples:
  daypass integrations keys acme-invoices
  daypass integrations keys acme-invoices --file public-jwks.json --reason "yearly"

To change a key put both, sign with the new one, then put the new one alone.`,
    )
    .action((name: string, options: KeysOptions) => showOrReplaceKeys(name, options, terminal));

async function showOrReplaceKeys(name: string, options: KeysOptions, terminal: Terminal): Promise<void> {
  const { file, none, ifVersion, yes } = options;
  if (file !== undefined && none)
    throw new ClientError('usage', 'one of --file and --none: keys in their place, or none');
  const jwks = none ? { keys: [] } : file && toPublicSet(await readDocument(file, terminal.signal));
  if (none) await requireConfirmation(`Lock ${name} out?`, { yes: yes === true }, terminal);
  const client = await connect(terminal.env, terminal);
  const integration = jwks
    ? await changeIntegration(client, {
        ...{ name, method: 'PUT', below: '/keys', query: toReasonQuery(options), body: { jwks } },
        ...(ifVersion === undefined ? {} : { version: ifVersion }),
        signal: terminal.signal,
      })
    : await fetchIntegration(client, name, terminal.signal);
  terminal.print(`${toPrintableJson(integration.jwks ?? { keys: [] }, 2)}\n`);
}

/** Members of RFC 7518 §6 that only whoever signs has. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** @throws ClientError for a private key: it is not to leave this machine, not even to be refused */
function toPublicSet(document: Document): Document {
  const set = Object(document['jwks'] ?? document) as Document;
  const keys = Array.isArray(set['keys']) ? (set['keys'] as readonly unknown[]) : [set];
  if (!keys.some((key) => privateMembers.some((member) => Object.hasOwn(Object(key), member))))
    return { keys };
  throw new ClientError('usage', 'there is a private key in it; give the public keys alone', {
    hint: 'a public key has kty, crv, x and y, or n and e, and never d',
  });
}
