import { ALIAS } from './stacks';
import type { KeyStore } from '../../local/kms/model/keys/key-store';
import type { KmsKey } from '../../local/kms/model/keys/kms-key';
import { generationOfAlias, GenerationTag } from '../../src/contract/family/generation-tags';

/** A generation as the memory of the local KMS has it. */
export interface KnownGeneration {
  readonly number: number;
  readonly key: KmsKey;
  readonly state: 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' | 'deleted';
}

/** Reads keys and aliases in memory. A call instead would change the last use of a key, and the events of the watch. */
export class KeysInMemory {
  private readonly everSeen = new Map<string, KnownGeneration>();

  public constructor(public readonly store: KeyStore, private readonly now: () => number) {}

  public find(keyId: string): KmsKey | undefined {
    const key = this.store.keys.get(keyId);
    return key === undefined || this.isDeleted(key) ? undefined : key;
  }

  /** The key that the alias of the family names. */
  public get current(): KmsKey | undefined {
    return this.find(this.store.aliases.get(ALIAS)?.keyId ?? '');
  }

  /** The generations that exist, in the order of their numbers. */
  public get generations(): readonly KnownGeneration[] {
    const found = [...this.store.aliases.values()].flatMap(({ aliasName, keyId }) => {
      const number = generationOfAlias(ALIAS, aliasName);
      const key = this.find(keyId);
      return number === undefined || key === undefined ? [] : [{ number, key, state: this.stateOf(key) }];
    });
    return found.sort((one, other) => one.number - other.number);
  }

  /** Remembers the present generations. Must be called often: deleted ones are those that it has seen before. */
  public observe(): void {
    for (const each of this.generations) this.everSeen.set(each.key.keyId, each);
  }

  /** Generations that once existed and do not exist any more. */
  public get deleted(): readonly KnownGeneration[] {
    return [...this.everSeen.values()].filter(({ key }) => this.find(key.keyId) === undefined);
  }

  public stateOf(key: KmsKey): KnownGeneration['state'] {
    if (this.isDeleted(key)) return 'deleted';
    if (key.deletionAt !== undefined) return 'PendingDeletion';
    if (!key.materials.complete) return 'PendingImport';
    return key.disabled ? 'Disabled' : 'Enabled';
  }

  /** The number of a generation, for traces: key ids are random. */
  public nameOf(keyId: string): string {
    const known = this.everSeen.get(keyId) ?? this.generations.find(({ key }) => key.keyId === keyId);
    return known === undefined ? 'another key' : `generation ${known.number}`;
  }

  private isDeleted({ deletionAt = Infinity }: KmsKey): boolean {
    return deletionAt <= this.now();
  }
}

/** The value of a tag, or `undefined` if it is absent or empty: empty means "no longer". */
export function tagOf(key: KmsKey, tag: GenerationTag): string | undefined {
  const value = key.tags.find(({ TagKey }) => TagKey === (tag as string))?.TagValue;
  return value === '' ? undefined : value;
}
