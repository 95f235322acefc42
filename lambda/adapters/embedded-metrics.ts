import { type Measurement, metrics } from '../core/metrics/metrics.ts';

/**
 * Members of a log line from which CloudWatch Logs takes metrics by itself (embedded metric format): without a call, a
 * client or a permission. None where nothing was measured.
 *
 * Source: CloudWatch guide, "Specification: Embedded metric format".
 */
export function toEmbeddedMetrics(
  measurements: readonly Measurement[],
  { namespace, nowMs }: { readonly namespace: string; readonly nowMs: number },
): Readonly<Record<string, unknown>> {
  if (measurements.length === 0) return {};
  const byDimensions = Map.groupBy(measurements, ({ name }) => metrics[name].dimensions.join());
  const CloudWatchMetrics = [...byDimensions.values()].map((alike) => ({
    Namespace: namespace,
    // A set without a dimension is one that has none: CloudWatch takes nothing from a directive without sets.
    Dimensions: alike.slice(0, 1).map(({ name }) => metrics[name].dimensions),
    Metrics: alike.map(({ name }) => ({ Name: name, Unit: metrics[name].unit })),
  }));
  return {
    _aws: { Timestamp: nowMs, CloudWatchMetrics },
    ...Object.assign({}, ...measurements.map(({ dimensions = {} }) => dimensions)),
    ...Object.fromEntries(measurements.map(({ name, value }) => [name, value])),
  };
}
