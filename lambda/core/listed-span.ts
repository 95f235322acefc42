import type { AuditSettings } from './configuration.ts';
import { InvalidRequestError } from './errors.ts';

/** In epoch milliseconds: `fromMs` inclusive, `toMs` exclusive. */
export interface ListedSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What was asked for. */
type AskedSpan = Partial<ListedSpan>;

const msPerDay = 86_400_000;

/**
 * What is looked at, of what is kept.
 *
 * @param defaultDays without `fromMs`, as many days before the end; `undefined`: all that is kept
 */
export function toListedSpan(
  { fromMs, toMs }: AskedSpan,
  {
    nowMs,
    audit,
    defaultDays,
  }: { readonly nowMs: number; readonly audit: AuditSettings; readonly defaultDays: number | undefined },
): ListedSpan {
  const oldestMs = nowMs - (audit.retentionDays + 1) * msPerDay;
  const defaultFromMs =
    defaultDays === undefined ? oldestMs : Math.min(toMs ?? nowMs, nowMs) - defaultDays * msPerDay;
  return {
    // Nothing older is kept.
    fromMs: Math.max(fromMs ?? defaultFromMs, oldestMs),
    toMs: Math.min(toMs ?? Number.POSITIVE_INFINITY, nowMs + msPerDay),
  };
}

/** @throws InvalidRequestError where nothing is in it */
export function requireListedSpan(span: ListedSpan, { retentionDays }: AuditSettings): ListedSpan {
  if (span.fromMs < span.toMs) return span;
  throw new InvalidRequestError(
    `from and to span nothing that is kept; allowed: from before to, within the last ${retentionDays} days`,
  );
}
