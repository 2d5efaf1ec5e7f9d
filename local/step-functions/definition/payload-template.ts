import { type Fields, invalidDefinition } from './fields';
import { JsonPath } from './json-path';
import { runtimeError } from '../errors/state-error';

/** The context object of a state. */
export interface ContextObject {
  readonly Execution: { readonly Id: string; readonly Input: unknown; readonly Name: string; readonly StartTime: string };
  readonly StateMachine: { readonly Id: string };
  readonly State: { readonly EnteredTime: string };
  /** For `ItemSelector` only. */
  readonly Map?: { readonly Item: { readonly Value: unknown; readonly Index: number } };
}

/** Creates a value from the input and the context object. */
export type PayloadTemplate = (input: unknown, context: ContextObject) => unknown;

const SUPPORTED_CONTEXT = /^\$\$\.(?:Execution\.(?:Id|Name|StartTime|Input(?:[.[].*)?)|StateMachine\.Id|State\.EnteredTime)$/;
const ITEM_CONTEXT = /^\$\$\.Map\.Item\.(?:Index|Value(?:[.[].*)?)$/;

/** How many characters of an input an error contains. */
const MAX_QUOTED_CHARACTERS = 200;

/** Parses `Parameters`, `ResultSelector` or `ItemSelector`. Returns undefined if the field is missing. */
export function parsePayloadTemplate(fields: Fields, field: 'Parameters' | 'ResultSelector' | 'ItemSelector'): PayloadTemplate | undefined {
  if (!fields.has(field)) return undefined;
  const given = fields.any(field);
  const where = `${fields.where}, ${field}`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidDefinition(where, 'must be an object', { given: JSON.stringify(given) });
  }
  return parseValue(given, where, field === 'ItemSelector');
}

function parseValue(value: unknown, where: string, ofItem: boolean): PayloadTemplate {
  if (Array.isArray(value)) {
    const elements = value.map((element) => parseValue(element, where, ofItem));
    return (input, context) => elements.map((element) => element(input, context));
  }
  if (typeof value !== 'object' || value === null) return () => value;
  const members = Object.entries(value).map(([name, member]) => parseMember(name, member, where, ofItem));
  const names = members.map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  if (duplicate !== undefined) throw invalidDefinition(where, 'field is declared twice', { given: duplicate });
  return (input, context) => Object.fromEntries(members.map(({ name, template }) => [name, template(input, context)]));
}

function parseMember(name: string, member: unknown, where: string, ofItem: boolean): { name: string; template: PayloadTemplate } {
  if (!name.endsWith('.$')) return { name, template: parseValue(member, where, ofItem) };
  const path = typeof member === 'string' ? JsonPath.parse(member) : undefined;
  if (path === undefined || (path.ofContext && !SUPPORTED_CONTEXT.test(path.text) && !(ofItem && ITEM_CONTEXT.test(path.text)))) {
    throw invalidDefinition(where, `${name} is not a supported path`, {
      given: JSON.stringify(member), allowed: '$, $.a.b, $.a[0], or a supported field of the context object',
    });
  }
  return { name: name.slice(0, -'.$'.length), template: (input, context) => resolve(path, name, input, context) };
}

function resolve(path: JsonPath, name: string, input: unknown, context: ContextObject): unknown {
  const found = path.find(path.ofContext ? context : input);
  if (found !== undefined) return found.value;
  const quoted = (JSON.stringify(path.ofContext ? context.Execution.Input : input) ?? 'null').slice(0, MAX_QUOTED_CHARACTERS);
  throw runtimeError(`The JSONPath '${path.text}' specified for the field '${name}' could not be found in the input '${quoted}'`);
}
