import { parseNext, ways, type State } from './state';
import { type Fields, refuse } from '../definition/fields';
import { parseInputPath, select } from '../definition/input-paths';
import { runtimeError } from '../errors/state-error';

/** Lets time pass. */
export function parseWait(name: string, fields: Fields): State {
  const next = parseNext(fields, name);
  const seconds = fields.wholeNumber('Seconds', 0);
  const path = fields.has('SecondsPath') ? parseInputPath(fields.where, 'SecondsPath', fields.any('SecondsPath')) : undefined;
  if ((seconds === undefined) === (path === undefined)) throw refuse(fields.where, 'needs either Seconds or SecondsPath');
  fields.end();
  return {
    name,
    transitions: ways(next),
    perform: async (input, run) => {
      const wanted = path === undefined ? seconds : select(path, input, 'SecondsPath');
      if (!Number.isSafeInteger(wanted) || (wanted as number) < 0) {
        throw runtimeError(`The SecondsPath parameter must be a whole number of at least 0, got ${JSON.stringify(wanted)}`);
      }
      await run.sleep((wanted as number) * 1000);
      return { output: input, next };
    },
  };
}
