import { BrokerRefusal } from '../broker-client.ts';
import { ClientError } from '../client-error.ts';
import type { CachedCredentials } from '../credential-cache.ts';
import { isUsable } from '../credential-lifetime.ts';
import type { Credentials } from '../credentials.ts';
import type { CallersCredentials, OpenCredentialSource } from './credential-source.ts';

/** What happened that whoever runs the agent may want to read. */
export type KeeperEvent =
  | { readonly kind: 'issued'; readonly profile: string; readonly credentials: Credentials }
  | {
      readonly kind: 'failed';
      readonly profile: string;
      readonly error: unknown;
      /** Whether older credentials are still handed out. */
      readonly servesOlder: boolean;
    };

/** Hands out credentials of any profile, and asks the broker as rarely as it can. */
export interface CredentialKeeper {
  /**
   * From memory, or issued. Whoever asks while an issuance is under way gets its outcome.
   *
   * @throws ClientError
   */
  get(profile: string): Promise<Credentials>;
  /** Renews what is due and was used lately. Never rejects. */
  renewDue(): Promise<void>;
}

export interface CredentialKeeperOptions {
  readonly open: OpenCredentialSource;
  /** Epoch milliseconds of the wall clock: where a laptop slept, time has passed. */
  readonly now: () => number;
  /** Ends issuances that are under way. */
  readonly signal: AbortSignal;
  /** @default nobody is told */
  readonly report?: (event: KeeperEvent) => void;
}

const minute = 60_000;

/**
 * Milliseconds since somebody asked, after which nothing is renewed ahead. What nobody had at all isn't either: an
 * agent that nobody uses issues once more for each profile at most, then nothing all night.
 */
const usedLatelyMs = 60 * minute;

/** Milliseconds. An SDK tries three or four times, a second apart: that is one row of the audit, not four. */
const refusalRememberedMs = 10_000;
/** Milliseconds; the broker's Retry-After where it says one, up to a minute. */
const failureRememberedMs = 2_000;
/** Milliseconds between attempts while the older credentials are good. */
const renewalPauseMs = minute;

/** Of profiles, so that asking for any name there is doesn't fill the memory. */
const maxEntries = 256;

interface Entry {
  readonly profile: string;
  held?: CachedCredentials;
  /** Whether anybody has had what is held. */
  isUsed: boolean;
  /** Epoch milliseconds. */
  askedAt: number;
  failure?: { readonly error: unknown; readonly at: number; readonly rememberedMs: number };
  underWay?: Promise<Credentials>;
}

export function createCredentialKeeper(options: CredentialKeeperOptions): CredentialKeeper {
  const { now } = options;
  const entries = new Map<string, Entry>();
  const openForCaller = createOpening(options.open, entries);
  const renew = createRenewal(options);

  /** While the older ones are good: what failed is tried again at leisure. */
  const renewAhead = async (entry: Entry, source: CallersCredentials): Promise<void> => {
    if (entry.failure !== undefined && isWithin(entry.failure.at, renewalPauseMs, now())) return;
    await renew(entry, source).catch(() => undefined);
  };

  return {
    get: async (profile) => {
      const source = await openForCaller();
      const entry = entries.get(profile) ?? addEntry(entries, profile);
      entry.askedAt = now();
      const { held } = entry;
      if (held !== undefined && isUsable(held.expiresAt, now())) {
        entry.isUsed = true;
        if (now() >= held.freshUntil) void renewAhead(entry, source);
        return held.credentials;
      }
      const credentials = await renew(entry, source).catch((error: unknown) => {
        if (entry.held !== undefined && isGood(entry, now())) return entry.held.credentials;
        throw error;
      });
      entry.isUsed = true;
      return credentials;
    },
    renewDue: async () => {
      const due = [...entries.values()].filter((entry) => isDue(entry, now()));
      if (due.length === 0) return;
      const source = await openForCaller().catch(() => undefined);
      if (source === undefined) return;
      // What was another caller's is gone by now.
      const theirs = due.filter((entry) => entries.get(entry.profile) === entry);
      await Promise.all(theirs.map((entry) => renewAhead(entry, source)));
    },
  };
}

/** What was issued to one caller is nobody else's, and nobody's after a logout. */
function createOpening(open: OpenCredentialSource, entries: Map<string, Entry>): OpenCredentialSource {
  let callerId: string | undefined;
  return async () => {
    try {
      const source = await open();
      if (source.callerId !== callerId) entries.clear();
      callerId = source.callerId;
      return source;
    } catch (error) {
      if (isOf(error, 'not-logged-in')) entries.clear();
      throw error;
    }
  };
}

/** One issuance at a time of each profile, and none for what has failed just now. */
function createRenewal({ now, signal, report = () => undefined }: CredentialKeeperOptions) {
  const stopped = untilStopped(signal);
  const issue = async (entry: Entry, source: CallersCredentials): Promise<Credentials> => {
    const { profile } = entry;
    try {
      const issued = await Promise.race([source.issue(profile, signal), stopped]);
      const held = requireUnexpired(issued, now());
      entry.held = held;
      entry.isUsed = false;
      delete entry.failure;
      report({ kind: 'issued', profile, credentials: held.credentials });
      return held.credentials;
    } catch (error) {
      // What was allowed is so no longer: nobody is handed the rest of it.
      if (isOf(error, 'refused') || isOf(error, 'not-logged-in')) delete entry.held;
      entry.failure = { error, at: now(), rememberedMs: toRememberedMs(error) };
      report({ kind: 'failed', profile, error, servesOlder: isGood(entry, now()) });
      throw error;
    } finally {
      delete entry.underWay;
    }
  };
  return (entry: Entry, source: CallersCredentials): Promise<Credentials> => {
    if (entry.underWay !== undefined) return entry.underWay;
    const { failure } = entry;
    if (failure !== undefined && isWithin(failure.at, failure.rememberedMs, now()))
      return Promise.reject(failure.error);
    entry.underWay = issue(entry, source);
    return entry.underWay;
  };
}

/** Rejects then, whatever an issuance still waits for, as another process's renewal of the login. */
function untilStopped(signal: AbortSignal): Promise<never> {
  const stopped = new Promise<never>((_, reject) => {
    const stop = () => reject(new ClientError('interrupted', 'the agent stops'));
    signal.addEventListener('abort', stop, { once: true });
  });
  // Nobody may wait for it.
  stopped.catch(() => undefined);
  return stopped;
}

/** @throws ClientError each request would issue again */
function requireUnexpired(issued: CachedCredentials, now: number): CachedCredentials {
  if (issued.expiresAt > now) return issued;
  throw new ClientError('failed', 'new credentials have expired already by the clock of this machine', {
    hint: 'set the clock: it is ahead',
  });
}

function addEntry(entries: Map<string, Entry>, profile: string): Entry {
  if (entries.size >= maxEntries) {
    const [leastUsed] = [...entries.values()].sort((a, b) => a.askedAt - b.askedAt);
    if (leastUsed !== undefined) entries.delete(leastUsed.profile);
  }
  const entry: Entry = { profile, askedAt: 0, isUsed: false };
  entries.set(profile, entry);
  return entry;
}

const isGood = ({ held }: Entry, now: number) => held !== undefined && held.expiresAt > now;

const isDue = ({ held, askedAt, isUsed }: Entry, now: number) =>
  held !== undefined && now >= held.freshUntil && isUsed && isWithin(askedAt, usedLatelyMs, now);

/** Where the clock was set back, it isn't. */
const isWithin = (since: number, durationMs: number, now: number) => now >= since && now - since < durationMs;

const isOf = (error: unknown, code: ClientError['code']) =>
  error instanceof ClientError && error.code === code;

function toRememberedMs(error: unknown): number {
  if (isOf(error, 'refused')) return refusalRememberedMs;
  const seconds = error instanceof BrokerRefusal ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(Math.max(failureRememberedMs, seconds * 1000), minute);
}
