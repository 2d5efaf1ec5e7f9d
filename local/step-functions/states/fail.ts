import type { State } from './state';
import type { Fields } from '../definition/fields';
import { invalidDefinition } from '../definition/fields';
import { parseInputPath, select } from '../definition/input-paths';
import { runtimeError, StateError } from '../errors/state-error';

/** Fails the execution with an error. */
export function parseFail(name: string, fields: Fields): State {
  const error = fields.optionalText('Error') ?? '';
  const cause = fields.optionalText('Cause');
  const path = fields.has('CausePath') ? parseInputPath(fields.where, 'CausePath', fields.any('CausePath')) : undefined;
  if (cause !== undefined && path !== undefined) throw invalidDefinition(fields.where, 'at most one of Cause and CausePath is allowed');
  fields.requireAllRead();
  return {
    name,
    transitions: [],
    perform: async (input) => {
      const found = path === undefined ? cause ?? '' : select(path, input, 'CausePath');
      if (typeof found !== 'string') throw runtimeError(`The CausePath parameter must be a text, got ${JSON.stringify(found)}`);
      throw new StateError(error, found);
    },
  };
}
