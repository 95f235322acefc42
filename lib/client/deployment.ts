import * as z from 'zod';
import { isIssuerUrl } from '../../lambda/core/issuer-url.ts';
import { toReason } from './broker-client.ts';
import { toBrokerAddress } from './broker-url.ts';
import { ClientError } from './client-error.ts';
import { readBounded } from './read-bounded.ts';
import { type Waiting, whileNoting } from './wait-note.ts';

/** Milliseconds. */
const timeoutMs = 15_000;
/** Bytes: some hundred issuers. */
const maxBytes = 1_048_576;

const login = z.object({
  clientId: z.string().min(1),
  scopes: z.array(z.string()).default([]),
  flows: z.array(z.string()).default([]),
  token: z.enum(['access-token', 'id-token']).default('access-token'),
  parameters: z.record(z.string(), z.string()).default({}),
  redirectUri: z.url({ protocol: /^http$/ }).default('http://127.0.0.1/callback'),
});

const name = z.string().min(1).max(64);

const issuer = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('oidc'),
    name,
    issuer: z.string().refine(isIssuerUrl),
    audiences: z.array(z.string()),
    login: login.optional(),
  }),
  z.object({ type: z.literal('saml'), name, loginPath: z.string().startsWith('/v1/') }),
  z.object({ type: z.literal('iam'), name }),
]);

/** What a newer broker says beside it, and issuers of kinds that are not known here, are left out. */
const answer = z.object({
  version: z.string(),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/),
  issuers: z.array(z.unknown()),
});

/** How an issuer lets people in. */
export type OidcLoginSettings = z.output<typeof login>;
export type DeploymentIssuer = z.output<typeof issuer>;

/** What a broker says of itself to everybody. */
export interface Deployment {
  readonly version: string;
  readonly region: string;
  readonly issuers: readonly DeploymentIssuer[];
}

/**
 * @param note takes a line for whoever waits
 * @throws ClientError `unavailable` where nothing answers, `failed` where what answers is no broker
 */
export async function fetchDeployment(
  broker: URL,
  signal?: AbortSignal,
  note?: Waiting['note'],
): Promise<Deployment> {
  const address = toBrokerAddress(broker, '/.well-known/daypass');
  const waiting = { note, what: `${broker.href} to answer`, longestMs: timeoutMs };
  const text = await whileNoting(waiting, () => fetchText(address, broker, signal));
  const parsed = answer.safeParse(parseJson(text));
  if (!parsed.success) throw toStranger(broker, 'its answer is no description of a broker');
  return {
    version: parsed.data.version,
    region: parsed.data.region,
    issuers: parsed.data.issuers.flatMap((one) => {
      const known = issuer.safeParse(one);
      return known.success ? [known.data] : [];
    }),
  };
}

async function fetchText(address: URL, broker: URL, signal: AbortSignal | undefined): Promise<string> {
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      // What answers elsewhere isn't the broker that was named, and would be sent tokens.
      redirect: 'manual',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    if (response.ok) return requireShort(await readBounded(response, maxBytes), broker);
    await response.body?.cancel();
    if (response.status === 429 || response.status >= 500)
      throw toSilence(broker, `status ${response.status}`);
    throw toStranger(broker, `status ${response.status} for ${address.pathname}`);
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    if (signal?.aborted) throw new ClientError('interrupted', 'stopped', { cause });
    throw toSilence(broker, toReason(cause), cause);
  }
}

function requireShort(text: string | undefined, broker: URL): string {
  if (text !== undefined) return text;
  throw toStranger(broker, 'its answer is too long');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const toStranger = (broker: URL, why: string) =>
  new ClientError('failed', `${broker.href} is no broker (${why})`, {
    hint: 'check the address: it is the one before /v1, such as https://daypass.example.com',
  });

const toSilence = (broker: URL, why: string, cause?: unknown) =>
  new ClientError('unavailable', `no broker answers at ${broker.href} (${why})`, {
    cause,
    hint: 'check the address and the network; npm start runs a broker on this machine',
  });
