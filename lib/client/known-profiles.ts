import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sha256 } from '../../lambda/core/sha256.ts';
import type { BrokerClient } from './broker-client.ts';
import { connect } from './connect.ts';
import { type Directories, toDirectories } from './directories.ts';
import { createLoginStore } from './login-store.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { isProfileName } from './profile-name.ts';
import { readJson } from './read-json.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface KnownProfilesOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds after which what was known before has to do. */
  readonly timeoutMs: number;
}

/** What was known at a time. Epoch milliseconds. */
interface Known {
  readonly at: number;
  readonly names: readonly string[];
}

/** Milliseconds for which nobody is asked again. */
const freshMs = 60_000;
/** Milliseconds, more than the prover's own: a login that is about to end isn't renewed for this. */
const renewalMs = 90_000;

/**
 * The names of the profiles that the caller may use, for whoever types one: those of a minute ago do, and where the
 * broker can't say now, those of before. Nobody is asked anything, no login is renewed, and nothing fails: there are no
 * names then.
 */
export async function listKnownProfiles(
  env: Environment,
  { now, signal, timeoutMs }: KnownProfilesOptions,
): Promise<readonly string[]> {
  try {
    const directories = toDirectories(env);
    const client = await connect(env, { now });
    const path = toPath(client, directories);
    const known = readKnown(path);
    if (known !== undefined && isFresh(known, now())) return known.names;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const names = canAskQuietly(env, client.broker, { directories, now })
      ? await Promise.race([askBroker(client, limited), giveUp(timeoutMs)])
      : undefined;
    if (names === undefined) return known?.names ?? [];
    keep(path, { at: now(), names });
    return names;
  } catch {
    return [];
  }
}

/** What signs a request may look for its keys without an eye on the signal. */
const giveUp = (timeoutMs: number) => wait(timeoutMs, undefined, { ref: false });

/** Another caller may use others. */
const toPath = ({ broker, callerId }: BrokerClient, { cache }: Directories) =>
  join(cache, `profiles-${sha256(`${broker.href} ${callerId}`).toString('hex').slice(0, 32)}.json`);

function readKnown(path: string): Known | undefined {
  try {
    const { at, names } = Object(JSON.parse(readPrivateFile(path) ?? 'null')) as Readonly<
      Record<string, unknown>
    >;
    return typeof at === 'number' && Array.isArray(names) ? { at, names: names.filter(isName) } : undefined;
  } catch {
    return undefined;
  }
}

function keep(path: string, known: Known): void {
  try {
    writePrivateFile(path, `${JSON.stringify(known)}\n`);
  } catch {
    // The next Tab asks again.
  }
}

/** A clock that was set back proves nothing. */
const isFresh = ({ at }: Known, nowMs: number) => nowMs >= at && nowMs - at < freshMs;

/** A shell reads them: what a broker must not name a profile isn't one. */
const isName = (name: unknown): name is string => typeof name === 'string' && isProfileName(name);

/** Nothing rotates or asks elsewhere: a refresh token whose answer nobody waits for would be lost. */
function canAskQuietly(
  env: Environment,
  broker: URL,
  { directories, now }: { readonly directories: Directories; readonly now: () => number },
): boolean {
  if (env['DAYPASS_TOKEN'] || env['DAYPASS_TOKEN_FILE']) return true;
  const login = createLoginStore(directories).read(broker);
  if (login?.kind === 'oidc') return now() < login.expiresAtMs - renewalMs;
  return login !== undefined && login.kind !== 'github-actions';
}

/** `undefined` where it doesn't answer. */
async function askBroker(client: BrokerClient, signal: AbortSignal): Promise<readonly string[] | undefined> {
  try {
    const { profiles } = readJson<{ readonly profiles?: unknown }>(
      await client.call({ method: 'GET', path: '/v1/profiles', signal }),
    );
    if (!Array.isArray(profiles)) return undefined;
    return profiles.map((profile) => Reflect.get(Object(profile), 'name')).filter(isName);
  } catch {
    return undefined;
  }
}
