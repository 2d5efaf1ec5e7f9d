import type { State } from './state';
import type { Fields } from '../definition/fields';
import { StateError } from '../errors/state-error';

/** Fails the execution with an error. */
export function parseFail(name: string, fields: Fields): State {
  const error = fields.optionalText('Error') ?? '';
  const cause = fields.optionalText('Cause') ?? '';
  fields.requireAllRead();
  return {
    name,
    transitions: [],
    perform: async () => { throw new StateError(error, cause); },
  };
}
