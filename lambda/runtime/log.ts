import { embeddedMetrics, type Measurement } from './metrics';

/** Fields that are safe to show: names, ids, ARNs, numbers, times. Never a whole event, a response or an SDK input. */
export type LogFields = { readonly [name: string]: string | number | boolean | undefined };

/** The log of a function: one line for each event, for operators and for queries. */
export interface Log {
  info(event: string, fields: LogFields): void;
  /** No harm is done, but an operator should check. */
  warn(event: string, fields: LogFields): void;
  error(event: string, fields: LogFields): void;
  /** Metrics, which CloudWatch reads from the log. */
  measure(measurement: Measurement): void;
}

/** One JSON object a line, where Lambda and CloudWatch Logs Insights expect it. */
export function jsonLog(write: (line: string) => void): Log {
  const line = (level: string) => (event: string, fields: LogFields) => write(JSON.stringify({ level, event, ...fields }));
  return {
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
    measure: (measurement) => write(JSON.stringify({ level: 'INFO', event: 'measured', ...embeddedMetrics(measurement) })),
  };
}
