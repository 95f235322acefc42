import type { CachedCredentials, CredentialCache } from './credential-cache.ts';

/** Keeps the last credentials for this process alone. Whoever uses it keeps two from asking at the same time. */
export function createMemoryCache(now: () => number): CredentialCache {
  let held: { readonly key: string; readonly cached: CachedCredentials } | undefined;
  return {
    read: (key) => (held?.key === key && now() < held.cached.expiresAt ? held.cached : undefined),
    write: (key, cached) => {
      held = { key, cached };
    },
    remove: (key) => {
      if (held?.key === key) held = undefined;
    },
    exclusively: (_key, action) => action(),
  };
}
