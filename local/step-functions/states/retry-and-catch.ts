import type { Outcome, StateRun, Transition } from './state';
import { Fields, invalidDefinition } from '../definition/fields';
import { parseResultPath, type ResultJoin } from '../definition/result-path';
import { RUNTIME, StateError } from '../errors/state-error';

interface Retrier {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly transition: Transition;
}

interface Catcher {
  readonly errors: readonly string[];
  readonly join: ResultJoin;
  readonly transition: Transition;
}

/** The Retry and Catch fields of a state. */
export class RetryAndCatch {
  public static parse(name: string, fields: Fields): RetryAndCatch {
    const retriers = parseEach(fields, 'Retry', (entry, by) => parseRetrier(entry, { from: name, to: name, by }));
    const catchers = parseEach(fields, 'Catch', (entry, by) => parseCatcher(entry, name, by));
    return new RetryAndCatch(retriers, catchers);
  }

  private constructor(private readonly retriers: readonly Retrier[], private readonly catchers: readonly Catcher[]) {}

  public get transitions(): readonly Transition[] {
    return [...this.retriers, ...this.catchers].map(({ transition }) => transition);
  }

  /**
   * Repeats the attempt until it succeeds or no retrier allows another one. Then the first matching catcher applies.
   */
  public async protect(input: unknown, run: StateRun, attempt: () => Promise<Outcome>): Promise<Outcome> {
    const attempts = new Map<Retrier, number>();
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const retrier = this.retriers.find(({ errors }) => errors.some((name) => error.matches(name)));
        const retries = retrier === undefined ? 0 : attempts.get(retrier) ?? 0;
        if (retrier === undefined || retries >= retrier.maxAttempts) return this.catchError(error, input);
        attempts.set(retrier, retries + 1);
        run.retried(retrier.transition);
        await run.sleep(delaySeconds(retrier, retries) * 1000);
      }
    }
  }

  private catchError(error: StateError, input: unknown): Outcome {
    const catcher = this.catchers.find(({ errors }) => errors.some((name) => error.matches(name)));
    if (catcher === undefined) throw error;
    return { output: catcher.join(input, { Error: error.name, Cause: error.message }), next: catcher.transition };
  }
}

/**
 * With jitter, AWS uses a random delay up to this one. Here it is always the maximum, so that runs are reproducible.
 */
function delaySeconds({ intervalSeconds, backoffRate, maxDelaySeconds }: Retrier, retries: number): number {
  return Math.min(intervalSeconds * backoffRate ** retries, maxDelaySeconds);
}

function parseEach<T extends { readonly errors: readonly string[] }>(
  fields: Fields, field: 'Retry' | 'Catch', parse: (entry: Fields, by: string) => T,
): T[] {
  const entries = fields.list(field);
  return entries.map((each, index) => {
    const by = `${field} ${index + 1}`;
    const entry = new Fields(`${fields.where}, ${by}`, each);
    entry.optionalText('Comment');
    const parsed = parse(entry, by);
    entry.requireAllRead();
    if (parsed.errors.includes('States.ALL') && (parsed.errors.length > 1 || index < entries.length - 1)) {
      throw invalidDefinition(entry.where, 'States.ALL must be the only name, in the last entry');
    }
    return parsed;
  });
}

function parseRetrier(entry: Fields, transition: Transition): Retrier {
  entry.oneOf('JitterStrategy', 'FULL', 'NONE');
  return {
    transition,
    errors: parseErrors(entry),
    intervalSeconds: entry.wholeNumber('IntervalSeconds', 1) ?? 1,
    maxAttempts: entry.wholeNumber('MaxAttempts', 0) ?? 3,
    backoffRate: entry.number('BackoffRate', 1) ?? 2,
    maxDelaySeconds: entry.wholeNumber('MaxDelaySeconds', 1) ?? Infinity,
  };
}

function parseCatcher(entry: Fields, from: string, by: string): Catcher {
  return { errors: parseErrors(entry), join: parseResultPath(entry), transition: { from, to: entry.text('Next'), by } };
}

function parseErrors(entry: Fields): readonly string[] {
  const errors = entry.list('ErrorEquals');
  if (errors.length === 0 || errors.some((name) => typeof name !== 'string')) {
    throw invalidDefinition(entry.where, 'ErrorEquals must be a list of names');
  }
  if (errors.includes(RUNTIME)) throw invalidDefinition(entry.where, `${RUNTIME} cannot be retried or caught`);
  return errors as readonly string[];
}
