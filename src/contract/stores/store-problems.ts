import { describeProblem } from '../problem';
import { attributesIn, contextsOf, writtenAttributes } from './store-attributes';
import type { StoreDescription } from './store-description';
import { STORE_ID, STORE_SHARDS } from './store-limits';

/**
 * Reports what makes the description of a store unusable. Empty if it is usable.
 *
 * Whether the store has such records is checked before a rotation changes anything.
 */
export function storeProblems(description: StoreDescription): string[] {
  const where = `store ${description.storeId}`;
  return [...idProblems(where, description), ...attributeProblems(where, description), ...shardProblems(where, description)];
}

function idProblems(where: string, { storeId }: StoreDescription): string[] {
  return STORE_ID.test(storeId) ? [] : [describeProblem({
    where,
    what: 'storeId cannot be part of the object keys of evidence',
    given: JSON.stringify(storeId),
    allowed: '1 to 64 letters, digits, - and _',
    remedy: 'set storeId',
  })];
}

function attributeProblems(where: string, description: StoreDescription): string[] {
  const { dataKeyAttribute, keyIdAttribute } = description;
  const remedy = 'correct the attributes of this store';
  const written = writtenAttributes(description).map(([, name]) => name);
  const inContext = contextsOf(description).flatMap(([, context]) => attributesIn(context));
  return [
    ...([...written, ...inContext].includes('') ? [describeProblem({
      where,
      what: 'name of an attribute is empty',
      given: '""',
      allowed: 'the name of an attribute',
      remedy: 'use the name that the attribute has in the items',
    })] : []),
    ...written.filter((name) => inContext.includes(name)).map((given) => describeProblem({
      where,
      what: 'attribute is written by a rotation and is part of the encryption context',
      given,
      allowed: 'an attribute of its own',
      remedy,
    })),
    ...(keyIdAttribute === dataKeyAttribute ? [describeProblem({
      where, what: 'keyIdAttribute and dataKeyAttribute are the same attribute', given: keyIdAttribute, allowed: 'two attributes', remedy,
    })] : []),
  ];
}

function shardProblems(where: string, { shards }: StoreDescription): string[] {
  const { min, max } = STORE_SHARDS;
  if (Number.isInteger(shards) && shards >= min && shards <= max) return [];
  return [describeProblem({
    where: `${where}, shards`,
    what: 'number is out of range',
    given: String(shards),
    allowed: `a whole number from ${min} to ${max}`,
    remedy: 'begin with 4: a worker re-encrypts some thousand records of a shard per minute',
  })];
}
