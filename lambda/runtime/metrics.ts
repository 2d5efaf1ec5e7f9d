/** Numbers that were taken at one moment, for CloudWatch. */
export interface Measurement {
  readonly namespace: string;
  readonly dimensions: { readonly [name: string]: string };
  readonly values: { readonly [metric: string]: number };
  readonly at: Date;
}

/**
 * A measurement in the embedded metric format: a log line from which CloudWatch extracts metrics.
 *
 * It needs no API call that could fail or be throttled, and the function needs no permission to publish.
 */
export function embeddedMetrics({ namespace, dimensions, values, at }: Measurement): object {
  const Metrics = Object.keys(values).map((Name) => ({ Name }));
  return {
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics }],
    },
    ...dimensions,
    ...values,
  };
}
