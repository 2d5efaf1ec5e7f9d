import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = { readonly [attribute: string]: AttributeValue };

/** The names and values behind the placeholders of an expression. */
export interface Substitutions {
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string };
  readonly ExpressionAttributeValues?: Item;
}

/** An expression that this table does not implement: an error is better than another effect. */
export class UnsupportedExpression extends Error {}

const EQUATION = /^(\S+) = (\S+)$/;

/** Whether all equations of `a = :x AND b = :y` hold for an item. */
export function holds(condition: string, item: Item | undefined, substitutions: Substitutions): boolean {
  return equations(condition, ' AND ', substitutions).every(([name, value]) => isSame(item?.[name], value));
}

/** The attributes that `SET a = :x, b = :y` assigns. */
export function assigned(update: string, substitutions: Substitutions): Item {
  if (!update.startsWith('SET ')) throw new UnsupportedExpression(update);
  return Object.fromEntries(equations(update.slice('SET '.length), ', ', substitutions));
}

/** The attributes of a projection expression, of those that an item has. */
export function projected(item: Item, projection: string | undefined, { ExpressionAttributeNames: names = {} }: Substitutions): Item {
  if (projection === undefined) return item;
  const kept = projection.split(', ').map((name) => names[name] ?? name);
  return Object.fromEntries(kept.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));
}

function equations(text: string, separator: string, substitutions: Substitutions): [string, AttributeValue][] {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = substitutions;
  return text.split(separator).map((equation): [string, AttributeValue] => {
    const [, name, placeholder] = EQUATION.exec(equation) ?? [];
    const value = placeholder === undefined ? undefined : values[placeholder];
    if (name === undefined || value === undefined) throw new UnsupportedExpression(text);
    return [names[name] ?? name, value];
  });
}

/** Two values are the same if type and content are. Binary data is compared by its bytes. */
function isSame(one: AttributeValue | undefined, other: AttributeValue): boolean {
  return one !== undefined && canonical(one) === canonical(other);
}

/** A value as text, so that equal values have equal texts. */
export function canonical(value: AttributeValue | undefined): string {
  if (value?.B !== undefined) return `B ${Buffer.from(value.B).toString('base64')}`;
  return JSON.stringify(value);
}
