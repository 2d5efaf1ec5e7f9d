import { Fields, invalidDefinition } from '../definition/fields';
import { parseChoice } from '../states/choice';
import { parseFail } from '../states/fail';
import { parseMap } from '../states/map';
import { parsePass } from '../states/pass';
import type { State, StateGraph } from '../states/state';
import { parseSucceed } from '../states/succeed';
import { parseTask } from '../states/task';
import { parseWait } from '../states/wait';

/** A parsed definition. */
export interface Definition extends StateGraph {
  /** Timeout of a whole execution. */
  readonly timeoutSeconds?: number;
}

type StateParser = (name: string, fields: Fields) => State;

const MAX_NAME_CHARACTERS = 80;

/**
 * Parses a definition in the Amazon States Language: JSONPath without variables, and only the fields that our state
 * machines use.
 *
 * It throws for everything else, before anything runs: an ignored field would change the meaning of the state machine.
 */
export function parseDefinition(definition: string | object): Definition {
  const fields = new Fields('state machine', typeof definition === 'string' ? JSON.parse(definition) : definition);
  fields.oneOf('QueryLanguage', 'JSONPath');
  fields.oneOf('Version', '1.0');
  const timeoutSeconds = fields.wholeNumber('TimeoutSeconds', 1);
  const graph = parseGraph(fields, new Set());
  fields.requireAllRead();
  return { ...graph, ...(timeoutSeconds !== undefined && { timeoutSeconds }) };
}

/** @param names the names of all states so far, which AWS requires to be unique in the whole definition */
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
    if (names.has(name) || name.length > MAX_NAME_CHARACTERS) {
      throw invalidDefinition(state.where, `name must be unique and have at most ${MAX_NAME_CHARACTERS} characters`);
    }
    names.add(name);
    const type = state.text('Type');
    const parse = Object.hasOwn(parsers, type) ? parsers[type] : undefined;
    if (parse === undefined) {
      throw invalidDefinition(state.where, 'Type is not supported', { given: type, allowed: Object.keys(parsers).join(', ') });
    }
    state.optionalText('Comment');
    states.set(name, parse(name, state));
  }
  const graph = { startAt, states };
  requireConnected(graph, fields.where);
  return graph;
}

function objectOf(fields: Fields): object {
  const states = fields.any('States');
  if (typeof states !== 'object' || states === null || Array.isArray(states)) throw invalidDefinition(fields.where, 'States is missing');
  return states;
}

/** Requires, as AWS does, that every transition leads to a state, and that every state can be reached. */
function requireConnected({ startAt, states }: StateGraph, where: string): void {
  const reached = new Set<string>();
  const visit = (name: string, from: string): void => {
    const state = states.get(name);
    if (state === undefined) throw invalidDefinition(from, 'next state does not exist', { given: name });
    if (reached.has(name)) return;
    reached.add(name);
    for (const { to } of state.transitions) visit(to, `state ${name}`);
  };
  visit(startAt, where);
  const unreachable = [...states.keys()].find((name) => !reached.has(name));
  if (unreachable !== undefined) throw invalidDefinition(`state ${unreachable}`, 'cannot be reached');
}
