import pLimit from 'p-limit';
import { RetryAndCatch } from './retry-and-catch';
import { ChildAbandoned, parseNext, definedTransitions, type State, type StateGraph, type StateRun } from './state';
import { type Fields, invalidDefinition } from '../definition/fields';
import { parseInputPath, select } from '../definition/input-paths';
import { asPayload } from '../definition/payload-limit';
import { parsePayloadTemplate } from '../definition/payload-template';
import { parseResultPath } from '../definition/result-path';
import { runtimeError, StateError } from '../errors/state-error';

/** The maximum concurrency of AWS. */
const MAX_CHILDREN = 10_000;

/** MapRunStarted, and MapRunSucceeded or MapRunFailed. */
const EVENTS_PER_RUN = 2;

/** Runs a child execution for every item of an array. If one child fails, the Map fails. */
export function parseMap(name: string, fields: Fields, parseGraph: (fields: Fields) => StateGraph): State {
  const next = parseNext(fields, name);
  const processor = fields.object('ItemProcessor');
  const configuration = processor.object('ProcessorConfig');
  const [mode, type] = [configuration.oneOf('Mode', 'DISTRIBUTED'), configuration.oneOf('ExecutionType', 'STANDARD')];
  if (mode === undefined || type === undefined) {
    throw invalidDefinition(configuration.where, 'Mode DISTRIBUTED and ExecutionType STANDARD are required');
  }
  configuration.requireAllRead();
  const children = parseGraph(processor);
  processor.requireAllRead();
  const itemsPath = parseInputPath(fields.where, 'ItemsPath', fields.any('ItemsPath') ?? '$');
  const itemSelector = parsePayloadTemplate(fields, 'ItemSelector');
  const maxConcurrency = fields.wholeNumber('MaxConcurrency', 0) ?? 0;
  const label = fields.optionalText('Label') ?? name.replace(/\W/g, '');
  fields.oneOf('ToleratedFailurePercentage', 0);
  fields.oneOf('ToleratedFailureCount', 0);
  const join = parseResultPath(fields);
  const onFailure = RetryAndCatch.parse(name, fields);
  fields.requireAllRead();
  return {
    name,
    children,
    transitions: definedTransitions(next, ...onFailure.transitions),
    perform: async (input, run) => onFailure.protect(input, run, async () => {
      const items = select(itemsPath, input, 'ItemsPath');
      if (!Array.isArray(items)) throw runtimeError(`Reference path '${itemsPath.text}' must point to an array`);
      const inputs = items.map((Value, Index) => {
        const item = itemSelector === undefined ? Value : itemSelector(input, { ...run.context, Map: { Item: { Value, Index } } });
        return asPayload(item, `Item ${Index} of '${name}'`);
      });
      const results = await runChildren(run, { graph: children, label }, inputs, maxConcurrency === 0 ? MAX_CHILDREN : maxConcurrency);
      return { output: join(input, results), next };
    }),
  };
}

/**
 * Runs the children. After one has failed, no other child begins, and those in progress end after their current state.
 */
async function runChildren(
  run: StateRun, { graph, label }: { graph: StateGraph; label: string }, inputs: readonly unknown[], concurrency: number,
): Promise<unknown[]> {
  run.countEvents(EVENTS_PER_RUN);
  const limit = pLimit(concurrency);
  let failure: StateError | undefined;
  const results = await Promise.all(inputs.map(async (input) => limit(async () => {
    try {
      return await run.runChild({ graph, label, input, abandoned: () => failure !== undefined });
    } catch (error) {
      if (error instanceof StateError) failure ??= error;
      else if (!(error instanceof ChildAbandoned)) throw error;
      return undefined;
    }
  })));
  if (failure === undefined) return results;
  throw new StateError(
    'States.ExceedToleratedFailureThreshold',
    `The specified tolerated failure threshold was exceeded; first failure ${failure.name}: ${failure.message}`);
}
