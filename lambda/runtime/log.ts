import { embeddedMetrics, type Measurement } from './metrics';

/** Fields that are safe to show: names, ids, ARNs, numbers, times. Never an event, a response or an SDK input as a whole. */
export type LogFields = { readonly [name: string]: string | number | boolean | undefined };

/** The log of a function: one line for each event, for operators and for queries. */
export interface Log {
  info(happening: string, fields: LogFields): void;
  /** No harm is done, but an operator should check. */
  warn(happening: string, fields: LogFields): void;
  error(happening: string, fields: LogFields): void;
  /** Metrics, which CloudWatch reads from the log. */
  measure(measurement: Measurement): void;
}

/** One JSON object a line, where Lambda and CloudWatch Logs Insights expect it. */
export function jsonLog(write: (line: string) => void): Log {
  const line = (level: string) => (happening: string, fields: LogFields) => write(JSON.stringify({ level, happening, ...fields }));
  return {
    info: line('INFO'),
    warn: line('WARN'),
    error: line('ERROR'),
    measure: (measurement) => write(JSON.stringify({ level: 'INFO', happening: 'measured', ...embeddedMetrics(measurement) })),
  };
}
