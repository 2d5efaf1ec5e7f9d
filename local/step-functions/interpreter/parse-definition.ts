import { Fields, refuse } from '../definition/fields';
import { parseChoice } from '../states/choice';
import { parseFail } from '../states/fail';
import { parseMap } from '../states/map';
import { parsePass } from '../states/pass';
import type { State, StateGraph } from '../states/state';
import { parseSucceed } from '../states/succeed';
import { parseTask } from '../states/task';
import { parseWait } from '../states/wait';

/** A definition that has been read and understood as a whole. */
export interface Definition extends StateGraph {
  /** Of a whole execution. */
  readonly timeoutSeconds?: number;
}

type StateParser = (name: string, fields: Fields) => State;

const MOST_NAME_CHARACTERS = 80;

/**
 * Reads a definition in the Amazon States Language: JSONPath, without variables, and of all its fields only those that our machines use.
 *
 * Anything else is refused here, before anything runs: a field that an interpreter passes over would change what the machine means.
 */
export function parseDefinition(definition: string | object): Definition {
  const fields = new Fields('state machine', typeof definition === 'string' ? JSON.parse(definition) : definition);
  fields.oneOf('QueryLanguage', 'JSONPath');
  fields.oneOf('Version', '1.0');
  const timeoutSeconds = fields.wholeNumber('TimeoutSeconds', 1);
  const graph = parseGraph(fields, new Set());
  fields.end();
  return { ...graph, ...(timeoutSeconds !== undefined && { timeoutSeconds }) };
}

/** @param names of all states so far: AWS wants them unique in the whole definition */
function parseGraph(fields: Fields, names: Set<string>): StateGraph {
  const parsers: { readonly [type: string]: StateParser } = {
    Choice: parseChoice,
    Fail: parseFail,
    Map: (name, map) => parseMap(name, map, (processor) => parseGraph(processor, names)),
    Pass: parsePass,
    Succeed: parseSucceed,
    Task: parseTask,
    Wait: parseWait,
  };
  fields.optionalText('Comment');
  const startAt = fields.text('StartAt');
  const states = new Map<string, State>();
  for (const [name, value] of Object.entries(objectOf(fields))) {
    const state = new Fields(`state ${name}`, value);
    if (names.has(name) || name.length > MOST_NAME_CHARACTERS) throw refuse(state.where, `needs a name of its own, of at most ${MOST_NAME_CHARACTERS} characters`);
    names.add(name);
    const type = state.text('Type');
    const parse = Object.hasOwn(parsers, type) ? parsers[type] : undefined;
    if (parse === undefined) throw refuse(state.where, 'is of a type that is not known here', { given: type, allowed: Object.keys(parsers).join(', ') });
    state.optionalText('Comment');
    states.set(name, parse(name, state));
  }
  const graph = { startAt, states };
  requireWhole(graph, fields.where);
  return graph;
}

function objectOf(fields: Fields): object {
  const states = fields.any('States');
  if (typeof states !== 'object' || states === null || Array.isArray(states)) throw refuse(fields.where, 'has no States');
  return states;
}

/** Every way leads to a state, and to every state leads a way. AWS refuses anything else, too. */
function requireWhole({ startAt, states }: StateGraph, where: string): void {
  const reached = new Set<string>();
  const visit = (name: string, from: string): void => {
    const state = states.get(name);
    if (state === undefined) throw refuse(from, 'leads to a state that does not exist', { given: name });
    if (reached.has(name)) return;
    reached.add(name);
    for (const { to } of state.transitions) visit(to, `state ${name}`);
  };
  visit(startAt, where);
  const lost = [...states.keys()].find((name) => !reached.has(name));
  if (lost !== undefined) throw refuse(`state ${lost}`, 'cannot be reached');
}
