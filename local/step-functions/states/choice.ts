import { parseChoiceRule } from './choice-rule';
import { ways, type State } from './state';
import { Fields, refuse } from '../definition/fields';
import { StateError } from '../errors/state-error';

/** Goes one of several ways: the first whose rule is true of the input. */
export function parseChoice(name: string, fields: Fields): State {
  const choices = fields.list('Choices').map((each, index) => {
    const by = `Choice ${index + 1}`;
    const choice = new Fields(`${fields.where}, ${by}`, each);
    choice.optionalText('Comment');
    const rule = parseChoiceRule(choice);
    const transition = { from: name, to: choice.text('Next'), by };
    choice.end();
    return { rule, transition };
  });
  if (choices.length === 0) throw refuse(fields.where, 'has no Choices');
  const to = fields.optionalText('Default');
  const otherwise = to === undefined ? undefined : { from: name, to, by: 'Default' };
  fields.end();
  return {
    name,
    transitions: ways(...choices.map(({ transition }) => transition), otherwise),
    perform: async (input) => {
      const next = choices.find(({ rule }) => rule(input))?.transition ?? otherwise;
      if (next === undefined) throw new StateError('States.NoChoiceMatched', `No choice of state '${name}' matches its input, and there is no Default`);
      return { output: input, next };
    },
  };
}
