import { parseNext, definedTransitions, type State } from './state';
import { type Fields, invalidDefinition } from '../definition/fields';
import { parseInputPath, select } from '../definition/input-paths';
import { runtimeError } from '../errors/state-error';

/** Waits. */
export function parseWait(name: string, fields: Fields): State {
  const next = parseNext(fields, name);
  const seconds = fields.wholeNumber('Seconds', 0);
  const path = fields.has('SecondsPath') ? parseInputPath(fields.where, 'SecondsPath', fields.any('SecondsPath')) : undefined;
  if ((seconds === undefined) === (path === undefined)) {
    throw invalidDefinition(fields.where, 'exactly one of Seconds and SecondsPath is required');
  }
  fields.requireAllRead();
  return {
    name,
    transitions: definedTransitions(next),
    perform: async (input, run) => {
      const duration = path === undefined ? seconds : select(path, input, 'SecondsPath');
      if (!Number.isSafeInteger(duration) || (duration as number) < 0) {
        throw runtimeError(`The SecondsPath parameter must be a whole number of at least 0, got ${JSON.stringify(duration)}`);
      }
      await run.sleep((duration as number) * 1000);
      return { output: input, next };
    },
  };
}
