import { Fields, invalidDefinition } from '../definition/fields';
import { parseInputPath } from '../definition/input-paths';
import type { JsonPath } from '../definition/json-path';
import { runtimeError } from '../errors/state-error';

/** Whether a rule is true for an input. */
export type ChoiceRule = (input: unknown) => boolean;

type Comparison = (value: unknown, expected: never) => boolean;

/** A value of another type than the expected one makes every comparison false. */
const COMPARISONS: { readonly [operator: string]: { readonly expects: string; readonly holds: Comparison } } = {
  StringEquals: { expects: 'string', holds: (value, expected: string) => value === expected },
  BooleanEquals: { expects: 'boolean', holds: (value, expected: boolean) => value === expected },
  NumericEquals: { expects: 'number', holds: (value, expected: number) => value === expected },
  NumericGreaterThanEquals: { expects: 'number', holds: (value, expected: number) => typeof value === 'number' && value >= expected },
  NumericLessThan: { expects: 'number', holds: (value, expected: number) => typeof value === 'number' && value < expected },
};

/** Parses a rule: exactly one comparison, or exactly one of And, Or, Not. */
export function parseChoiceRule(fields: Fields): ChoiceRule {
  const operators = ['And', 'Or', 'Not', 'IsPresent', ...Object.keys(COMPARISONS)].filter((operator) => fields.has(operator));
  const [operator] = operators;
  if (operator === undefined || operators.length > 1) {
    throw invalidDefinition(fields.where, 'exactly one supported comparison is required', { given: operators.join(', ') });
  }
  switch (operator) {
    case 'And': {
      const rules = nested(fields, operator);
      return (input) => rules.every((rule) => rule(input));
    }
    case 'Or': {
      const rules = nested(fields, operator);
      return (input) => rules.some((rule) => rule(input));
    }
    case 'Not': {
      const inner = fields.object(operator);
      const rule = parseChoiceRule(inner);
      inner.requireAllRead();
      return (input) => !rule(input);
    }
    default:
      return parseTest(fields, operator);
  }
}

function nested(fields: Fields, operator: string): ChoiceRule[] {
  const rules = fields.list(operator);
  if (rules.length === 0) throw invalidDefinition(fields.where, `${operator} must not be empty`);
  return rules.map((each) => {
    const inner = new Fields(`${fields.where}, ${operator}`, each);
    const rule = parseChoiceRule(inner);
    inner.requireAllRead();
    return rule;
  });
}

function parseTest(fields: Fields, operator: string): ChoiceRule {
  const path = parseInputPath(fields.where, 'Variable', fields.text('Variable'));
  const expected = fields.any(operator);
  const { expects, holds } = COMPARISONS[operator] ?? { expects: 'boolean', holds: () => false };
  if (typeof expected !== expects) {
    throw invalidDefinition(fields.where, `${operator} is invalid`, { given: JSON.stringify(expected), allowed: `a ${expects}` });
  }
  if (operator === 'IsPresent') return (input) => (path.find(input) !== undefined) === expected;
  return (input) => holds(variable(path, input), expected as never);
}

function variable(path: JsonPath, input: unknown): unknown {
  const found = path.find(input);
  if (found === undefined) {
    throw runtimeError(`Invalid path '${path.text}': The choice state's condition path references an invalid value.`);
  }
  return found.value;
}
