import { parseChoiceRule } from './choice-rule';
import { definedTransitions, type State } from './state';
import { Fields, invalidDefinition } from '../definition/fields';
import { StateError } from '../errors/state-error';

/** Takes the transition of the first rule that is true for the input. */
export function parseChoice(name: string, fields: Fields): State {
  const choices = fields.list('Choices').map((each, index) => {
    const by = `Choice ${index + 1}`;
    const choice = new Fields(`${fields.where}, ${by}`, each);
    choice.optionalText('Comment');
    const rule = parseChoiceRule(choice);
    const transition = { from: name, to: choice.text('Next'), by };
    choice.requireAllRead();
    return { rule, transition };
  });
  if (choices.length === 0) throw invalidDefinition(fields.where, 'Choices is missing');
  const to = fields.optionalText('Default');
  const otherwise = to === undefined ? undefined : { from: name, to, by: 'Default' };
  fields.requireAllRead();
  return {
    name,
    transitions: definedTransitions(...choices.map(({ transition }) => transition), otherwise),
    perform: async (input) => {
      const next = choices.find(({ rule }) => rule(input))?.transition ?? otherwise;
      if (next === undefined) {
        throw new StateError('States.NoChoiceMatched', `No choice of state '${name}' matches its input, and there is no Default`);
      }
      return { output: input, next };
    },
  };
}
