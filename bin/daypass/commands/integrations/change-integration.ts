import { type BrokerClient, BrokerRefusal } from '../../../../lib/client/broker-client.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { toNameSegment } from '../../../../lib/client/path-segment.ts';
import { type IntegrationView, readIntegration } from './integration-view.ts';

export const toIntegrationPath = (name: string) =>
  `/v1/integrations/${toNameSegment(name, 'an integration')}` as const;

export async function fetchIntegration(
  client: BrokerClient,
  name: string,
  signal: AbortSignal,
): Promise<IntegrationView> {
  return readIntegration(await client.call({ method: 'GET', path: toIntegrationPath(name), signal }));
}

export interface IntegrationChange {
  readonly name: string;
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Behind the integration's own path. @default its own */
  readonly below?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** The one that the change was made for. @default the one that is there now */
  readonly version?: number;
  readonly signal: AbortSignal;
}

/**
 * Changes what was read, and nothing that somebody else made of it since.
 *
 * @throws ClientError where somebody did
 */
export async function changeIntegration(
  client: BrokerClient,
  { name, method, below = '', query, body, version, signal }: IntegrationChange,
): Promise<IntegrationView> {
  const ofVersion = version ?? (await fetchIntegration(client, name, signal)).version;
  const answer = await orConflict(name, () =>
    client.call({
      ...{ method, path: `${toIntegrationPath(name)}${below}`, signal },
      headers: { 'if-match': `"${ofVersion}"` },
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body }),
    }),
  );
  return readIntegration(answer);
}

/** The broker's word of a conflict, and what to do. */
export async function orConflict<Value>(name: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act();
  } catch (cause) {
    if (!(cause instanceof BrokerRefusal) || cause.status !== 412) throw cause;
    throw new ClientError('failed', cause.message, {
      cause,
      hint: `see daypass integrations show ${name} and daypass integrations history ${name}`,
    });
  }
}
