import { isRecord } from '../../src/contract/policies/readable-value';
import type { Template } from '../explain/template';

/**
 * A template with the defaults of its parameters and the values of its mappings in the places that refer to them.
 *
 * A deployment can set other values. Two templates are compared as they are deployed without such values, so that a
 * changed default is a changed policy. A value that is known only at deployment stays a reference.
 */
export function substituteDefaults(template: Template): Template {
  const { Parameters = {}, Mappings = {} } = template;
  const defaults = new Map(Object.entries(Parameters).flatMap(([name, parameter]) =>
    (isRecord(parameter) && parameter.Default !== undefined ? [[name, valueOf(parameter)] as const] : [])));
  return substituted(template, { defaults, mappings: Mappings }) as Template;
}

interface Values {
  readonly defaults: ReadonlyMap<string, unknown>;
  readonly mappings: { readonly [name: string]: unknown };
}

/** A parameter that is a list has its default as one text. */
function valueOf({ Type: type, Default: value }: { readonly [name: string]: unknown }): unknown {
  const isList = /^(CommaDelimitedList|List<)/.test(String(type));
  return isList ? String(value).split(',').map((each) => each.trim()) : String(value);
}

function substituted(value: unknown, values: Values): unknown {
  if (Array.isArray(value)) return value.map((each) => substituted(each, values));
  if (!isRecord(value)) return value;
  const [only, ...others] = Object.entries(value);
  if (only !== undefined && others.length === 0) {
    const [name, argument] = only;
    if (name === 'Ref' && values.defaults.has(String(argument))) return values.defaults.get(String(argument));
    if (name === 'Fn::Sub') return { 'Fn::Sub': withinText(argument, values) };
    if (name === 'Fn::FindInMap') return found(substituted(argument, values), values.mappings);
  }
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, substituted(nested, values)]));
}

function withinText(argument: unknown, values: Values): unknown {
  const [text, variables] = Array.isArray(argument) ? argument as unknown[] : [argument];
  if (typeof text !== 'string') return argument;
  const own = isRecord(variables) ? variables : {};
  const replaced = text.replaceAll(/\$\{([^!}]+)\}/g, (reference, name: string) => {
    const value = name in own ? undefined : values.defaults.get(name);
    return typeof value === 'string' ? value : reference;
  });
  return variables === undefined ? replaced : [replaced, substituted(own, values)];
}

/** The value of a mapping. The whole mapping if a key is known only at deployment: a changed one is then different. */
function found(argument: unknown, mappings: Values['mappings']): unknown {
  const [name, first, second] = Array.isArray(argument) ? argument as unknown[] : [];
  const mapping = mappings[String(name)];
  const row = isRecord(mapping) && typeof first === 'string' ? mapping[first] : undefined;
  if (isRecord(row) && typeof second === 'string' && row[second] !== undefined) return row[second];
  return { 'Fn::FindInMap': argument, 'of': mapping };
}
