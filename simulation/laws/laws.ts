import { asList } from './statements';
import { GenerationTag } from '../../src/contract/family/generation-tags';
import { tagOf } from '../world/keys';
import type { World } from '../world/world';

/** The laws. Each has its meaning in docs/promises.md. */
export type Law =
  | 'lost' | 'wrong-data-key' | 'alias' | 'claimed-twice' | 'leaked' | 'unreadable' | 'same-error' | 'not-converged'
  /** The simulator itself failed. */
  | 'crashed';

/** A law that a life has broken. */
export interface Broken {
  readonly law: Law;
  readonly day: number;
  readonly detail: string;
}

/** The laws of every moment. They read memory only: a call would change the last use of a key and the watch. */
export function checkLaws(world: World): readonly Omit<Broken, 'day'>[] {
  world.keys.observe();
  return [...lost(world), ...wrongDataKeys(world), ...alias(world), ...claimedTwice(world)];
}

/** The key material of a record, or of a version that a backup still contains, is deleted. */
function lost({ keys, records }: World): Omit<Broken, 'day'>[] {
  const missing = records.needed.filter(({ keyId, materialId }) => keys.find(keyId)?.materials.has(materialId) !== true);
  return missing.slice(0, 1).map(({ record, keyId, until }) => ({
    law: 'lost', detail: `${record}${until === Infinity ? '' : ' in a backup'} needs ${keys.nameOf(keyId)}, which is deleted`,
  }));
}

function wrongDataKeys({ records }: World): Omit<Broken, 'day'>[] {
  return records.wrongWrites.slice(0, 1).map((detail) => ({ law: 'wrong-data-key', detail }));
}

/** The alias names a key of the family that can encrypt. */
function alias({ keys, strangers }: World): Omit<Broken, 'day'>[] {
  const { current } = keys;
  const problem = current === undefined ? 'names no key'
    : keys.stateOf(current) !== 'Enabled' ? `names a key in the state ${keys.stateOf(current)}`
      : strangers.has(current.keyId) ? 'names a key that another principal has created'
        : deniesEncryption(current.policy) ? 'names a key whose policy denies encryption to every principal' : undefined;
  return problem === undefined ? [] : [{ law: 'alias', detail: `the alias ${problem}` }];
}

/** No two keys are claimed under the same number. Keys of other principals may have any tags. */
function claimedTwice({ keys, strangers }: World): Omit<Broken, 'day'>[] {
  const numbers = [...keys.store.keys.values()]
    .filter((key) => !strangers.has(key.keyId) && tagOf(key, GenerationTag.STATE) === 'claimed' && keys.find(key.keyId) !== undefined)
    .map((key) => tagOf(key, GenerationTag.GENERATION));
  const twice = numbers.find((number, index) => numbers.indexOf(number) !== index);
  return twice === undefined ? [] : [{ law: 'claimed-twice', detail: `generation ${twice} has two keys` }];
}

const denying = new Map<string, boolean>();

function deniesEncryption(policy: string): boolean {
  const known = denying.get(policy);
  if (known !== undefined) return known;
  const { Statement } = JSON.parse(policy) as { Statement: { Effect: string; Action?: string | string[]; Condition?: object }[] };
  const denies = Statement.some(({ Effect, Action, Condition }) =>
    Effect === 'Deny' && Condition === undefined && asList(Action).includes('kms:Encrypt'));
  denying.set(policy, denies);
  return denies;
}
