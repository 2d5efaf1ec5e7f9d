import validate from 'asl-validator';
import type { Definition, State } from './synthesized-machine';

/** Every state of a definition, including those inside its Maps. */
export function allStates({ States }: Definition): readonly (readonly [string, State])[] {
  return Object.entries(States).flatMap(([name, state]): (readonly [string, State])[] =>
    [[name, state], ...(state.ItemProcessor === undefined ? [] : allStates(state.ItemProcessor))]);
}

/** The problems that the validator reports for a definition. Empty if it can be deployed. */
export function complaintsAbout(definition: Definition): string {
  return validate(JSON.parse(JSON.stringify(definition)) as object).errorsText();
}

/** Whether a path leads from one state to another without `avoiding`. */
export function leadsTo({ States }: Definition, from: string, target: string, avoiding: readonly string[] = []): boolean {
  const seen = new Set<string>(avoiding);
  const next = [from];
  for (let name = next.pop(); name !== undefined; name = next.pop()) {
    if (seen.has(name)) continue;
    if (name === target) return true;
    seen.add(name);
    const { Next, Default, Choices = [] } = States[name] as State;
    next.push(...[Next, Default, ...Choices.map((choice) => choice.Next)].filter((to): to is string => to !== undefined));
  }
  return false;
}

/** The fields of the states of each type, and of the objects inside them. */
export function fieldsInUse(definition: Definition): { readonly [type: string]: readonly string[] } {
  const found: { [type: string]: Set<string> } = {};
  const note = (type: string, value: object): void => Object.keys(value).forEach((field) => (found[type] ??= new Set()).add(field));
  const visit = (graph: Definition, type: string): void => {
    note(type, graph);
    for (const state of Object.values(graph.States)) {
      note(state.Type, state);
      for (const retry of state.Retry ?? []) note('Retry', retry);
      for (const choice of state.Choices ?? []) note('Choices', choice);
      if (state.ItemProcessor !== undefined) visit(state.ItemProcessor, 'ItemProcessor');
    }
  };
  visit(definition, 'definition');
  return Object.fromEntries(Object.entries(found).map(([type, fields]) => [type, [...fields].sort()]));
}
