import { isRecord } from '../../src/contract/policies/readable-value';
import type { Template } from '../explain/template';

/** The conditions on which the resources and outputs of a template depend: their own, and those of `Fn::If`. */
export function usedConditions({ Resources, Outputs = {} }: Template): string[] {
  const own = Object.values(Resources).flatMap(({ Condition }) => (Condition === undefined ? [] : [Condition]));
  const chosen = Object.values(Resources).flatMap(({ Properties }) => namesIn(Properties));
  return [...new Set([...own, ...chosen, ...namesIn(Outputs)])];
}

function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (!isRecord(value)) return [];
  const condition = Array.isArray(value['Fn::If']) ? (value['Fn::If'] as unknown[])[0] : undefined;
  return [...(typeof condition === 'string' ? [condition] : []), ...Object.values(value).flatMap(namesIn)];
}

/** The definition of a condition as text, with those of the conditions that it refers to. */
export function definitionOf(name: string, template: Template): string {
  return JSON.stringify(expanded({ Condition: name }, template, []));
}

function expanded(value: unknown, template: Template, within: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => expanded(each, template, within));
  if (!isRecord(value)) return value;
  const { Condition: name } = value;
  if (typeof name === 'string' && !within.includes(name)) return expanded(template.Conditions?.[name], template, [...within, name]);
  return Object.fromEntries(Object.entries(value).map(([member, nested]) => [member, expanded(nested, template, within)]));
}
