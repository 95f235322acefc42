/**
 * `EADDRINUSE`, `ENOENT` and the like; `undefined` for errors that aren't the system's. By shape, because under Jest
 * the system's errors are of another realm, whose Error isn't ours.
 */
export function systemErrorCode(error: unknown): string | undefined {
  const { code, syscall } = Object(error) as { readonly code?: unknown; readonly syscall?: unknown };
  return typeof code === 'string' && typeof syscall === 'string' ? code : undefined;
}
