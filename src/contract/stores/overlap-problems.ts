import { describeProblem } from '../problem';
import { attributesIn, contextsOf, writtenAttributes } from './store-attributes';
import type { StoreDescription } from './store-description';

/** A store, and how an error names it. */
export interface NamedStore {
  readonly name: string;
  readonly description: StoreDescription;
}

/**
 * Reports attributes that a rotation writes for a store, and that another store of the same table needs unchanged.
 *
 * A key id over a data key destroys that data key. A new value in an encryption context makes its data key unreadable.
 * The same data key attribute in two stores is not reported: each record is encrypted under the key of one of them. A
 * common keyIdAttribute is not reported either: no proof relies on it.
 *
 * @param others the other stores of the same table
 */
export function overlapProblems(description: StoreDescription, others: readonly NamedStore[]): string[] {
  const problemOf = (property: string, attribute: string, { name, description: other }: NamedStore): string[] => {
    if (property === 'dataKeyAttribute' && attribute === other.dataKeyAttribute) return [];
    const [use] = usesOf(attribute, other);
    return use === undefined ? [] : [describeProblem({
      where: `store ${description.storeId}, ${property}`,
      what: 'a rotation writes this attribute, and the data keys of another store of the same table are unreadable without its old value',
      given: `${attribute}, in ${use} of ${name}`,
      allowed: 'an attribute that no other store uses for its data keys or encryption contexts',
      remedy: 'correct the attributes of the two stores before the first rotation',
    })];
  };
  return writtenAttributes(description).flatMap(([property, attribute]) =>
    others.flatMap((other) => problemOf(property, attribute, other)));
}

/** The properties of a store that name an attribute whose value it needs unchanged. */
function usesOf(attribute: string, description: StoreDescription): string[] {
  return [
    ...(description.dataKeyAttribute === attribute ? ['dataKeyAttribute'] : []),
    ...contextsOf(description).filter(([, context]) => attributesIn(context).includes(attribute)).map(([property]) => property),
  ];
}
