import { ClientError } from '../../../../lib/client/client-error.ts';
import { connect } from '../../../../lib/client/connect.ts';
import { toPathSegment } from '../../../../lib/client/path-segment.ts';
import { fromAnswer, readJson } from '../../../../lib/client/read-json.ts';
import { toPrintableJson } from '../../printable.ts';
import type { Terminal } from '../../terminal.ts';
import type { IssuanceView } from './issuance-view.ts';
import { renderIssuance } from './render-issuance.ts';

interface ShowOptions {
  readonly json?: true;
}

/** `daypass audit show` */
export async function showIssuance(id: string, options: ShowOptions, terminal: Terminal): Promise<void> {
  const client = await connect(terminal.env, terminal);
  const path = `/v1/issuances/${toPathSegment(id, 'an issuance')}` as const;
  const answer = await client.call({ method: 'GET', path, signal: terminal.signal });
  show(readJson<IssuanceView>(answer, ['id', 'state', 'principal']), options, terminal);
}

/** `daypass audit key`: "whose key is this, and why did they get it?" */
export async function showKey(accessKeyId: string, options: ShowOptions, terminal: Terminal): Promise<void> {
  requireKeyId(accessKeyId);
  const client = await connect(terminal.env, terminal);
  const { signal } = terminal;
  const answer = await client.call({ method: 'GET', path: '/v1/issuances', query: { accessKeyId }, signal });
  const { issuances, scope } = readJson<{ issuances: readonly IssuanceView[]; scope: string }>(answer, [
    'issuances',
  ]);
  if (issuances.length === 0) throw toUnknownKey(accessKeyId, scope);
  fromAnswer(() => {
    for (const issuance of issuances) show(issuance, options, terminal);
  });
}

function requireKeyId(text: string): void {
  if (/^[A-Z0-9]{16,128}$/.test(text)) return;
  throw new ClientError('usage', 'that is no access key id', {
    hint: 'allowed: 16–128 capital letters and digits such as ASIAIOSFODNN7EXAMPLE; never a secret key',
  });
}

function toUnknownKey(accessKeyId: string, scope: string): ClientError {
  const hints = [
    ...(accessKeyId.startsWith('AKIA') ? ['AKIA… is a long-term key, which Daypass never gives'] : []),
    ...(scope === 'own' ? ['you see your own issuances alone'] : []),
    'sessions on the way to another role are found by the role in audit --json',
  ];
  return new ClientError('failed', `no issuance that you may see gave the key ${accessKeyId}`, {
    hint: hints.join('; '),
  });
}

function show(issuance: IssuanceView, { json }: ShowOptions, terminal: Terminal): void {
  if (json) terminal.print(`${toPrintableJson(issuance)}\n`);
  else terminal.print(fromAnswer(() => renderIssuance(issuance, terminal)));
}
