import type { LogFields, Logger } from '../core/logger.ts';
import { measureLine } from '../core/metrics/measure-line.ts';
import { toMetricNamespace } from '../core/metrics/metrics.ts';
import { toEmbeddedMetrics } from './embedded-metrics.ts';

type Level = 'INFO' | 'WARN' | 'ERROR';

/** How many errors of a chain of causes are shown. */
const maxCauses = 4;

/**
 * A logger that writes one JSON object a line. `timestamp` and `level` have the names and the forms by which
 * Lambda's JSON log format filters what a function writes to standard output by itself.
 */
export function createLogger(options: {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Of the deployment: lines carry the metrics that CloudWatch takes from them. @default they carry none */
  readonly stage?: string;
}): Logger {
  const { stage } = options;
  const toMetrics = (message: string, fields: LogFields, nowMs: number) =>
    stage === undefined
      ? {}
      : toEmbeddedMetrics(measureLine(message, fields), { namespace: toMetricNamespace(stage), nowMs });
  const log = (level: Level, message: string, fields: LogFields = {}) => {
    try {
      const nowMs = options.now();
      const head = { timestamp: new Date(nowMs).toISOString(), level, message };
      options.write(toLine(head, { ...fields, ...toMetrics(message, fields, nowMs) }));
    } catch {
      // A full disk or a closed pipe: there is nobody left to tell.
    }
  };
  return {
    info: (message, fields) => log('INFO', message, fields),
    warn: (message, fields) => log('WARN', message, fields),
    error: (message, fields) => log('ERROR', message, fields),
  };
}

/** The head stands first and wins over fields of the same names. */
function toLine(head: Readonly<Record<string, string>>, fields: LogFields): string {
  try {
    return escapeControls(JSON.stringify({ ...head, ...fields, ...head }, toPlain));
  } catch {
    return escapeControls(JSON.stringify({ ...head, fields: 'not serializable' }));
  }
}

function toPlain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return toCauses(value);
  if (typeof value === 'bigint') return value.toString();
  return value;
}

/** An error and its causes, without stacks: the message and the code tell an operator what to do. */
function toCauses(error: Error): readonly unknown[] {
  const causes: unknown[] = [];
  let cause: unknown = error;
  while (cause instanceof Error && causes.length < maxCauses) {
    const code = 'code' in cause && typeof cause.code === 'string' ? { code: cause.code } : {};
    causes.push({ name: cause.name, message: cause.message, ...code });
    cause = cause.cause;
  }
  return causes;
}

/** JSON escapes U+0000–U+001F itself; terminals act on the second control block too, and some readers split at U+2028. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
