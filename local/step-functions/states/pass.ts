import { parseNext, definedTransitions, type State } from './state';
import type { Fields } from '../definition/fields';
import { parseSelection } from '../definition/input-paths';
import { parsePayloadTemplate } from '../definition/payload-template';
import { parseResultPath } from '../definition/result-path';

/** Passes its input to the output, possibly transformed. */
export function parsePass(name: string, fields: Fields): State {
  const next = parseNext(fields, name);
  const selectInput = parseSelection(fields, 'InputPath');
  const parameters = parsePayloadTemplate(fields, 'Parameters');
  const result = fields.has('Result') ? { value: fields.any('Result') } : undefined;
  const join = parseResultPath(fields);
  const selectOutput = parseSelection(fields, 'OutputPath');
  fields.requireAllRead();
  return {
    name,
    transitions: definedTransitions(next),
    perform: async (input, { context }) => {
      const selected = selectInput(input);
      const transformed = parameters === undefined ? selected : parameters(selected, context);
      return { output: selectOutput(join(input, result === undefined ? transformed : result.value)), next };
    },
  };
}
