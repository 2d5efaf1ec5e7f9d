/** The end of a run id: the time at which its execution started. The name of an execution can contain `@`, too. */
const START = /@(\d{8})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/;

/**
 * The id of a run: the ARN of its execution and the time at which the execution started, such as
 * `...:execution:Rotation:by-hand@20261123T050000000Z`.
 *
 * The ARN alone is no id: Step Functions frees the name of an execution 90 days after its end. A second run with the
 * same name would find the evidence of the first one, and count records that it has not read.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export function runId(execution: string, startedAt: string): string {
  return `${execution}@${new Date(startedAt).toISOString().replace(/[^0-9TZ]/g, '')}`;
}

/** The ARN of the execution of a run. */
export function executionOf(run: string): string {
  return run.replace(START, '');
}

/** When the execution of a run started. Undefined for a run of an earlier version, whose id is the ARN only. */
export function startOf(run: string): Date | undefined {
  const [, date, hours, minutes, seconds, milliseconds] = START.exec(run) ?? [];
  if (date === undefined) return undefined;
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
  return new Date(`${day}T${hours}:${minutes}:${seconds}.${milliseconds}Z`);
}

/** Difference of the clocks of Step Functions and Lambda that is tolerated. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Whether evidence is older than the run that finds it: another run has written it, and it proves nothing now. */
export function isOlderThanRun(run: string, { startedAt }: { readonly startedAt: string }): boolean {
  const start = startOf(run);
  return start !== undefined && !(Date.parse(startedAt) >= start.getTime() - CLOCK_TOLERANCE_MS);
}
