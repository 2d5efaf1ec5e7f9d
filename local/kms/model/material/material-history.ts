import type { KeyObject } from 'node:crypto';

export type MaterialUse = 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';

/** How key material became current. */
export interface Rotation {
  readonly type: 'AUTOMATIC' | 'ON_DEMAND';
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a key knows of key material, even if it is not present. */
export interface KnownMaterial {
  readonly id: string;
  readonly use: MaterialUse;
  /** The description that was given at the import. */
  readonly description?: string;
  /** Absent for the first key material and for one that is pending rotation. */
  readonly rotation?: Rotation;
  /** The public key of a pair whose private key was deleted or has expired. */
  readonly publicKey?: KeyObject;
}

/** Owner of the present key materials of a history: each related key, for its own Region. */
export interface MaterialHolder {
  has(id: string): boolean;
  /** Deletes the key material; the history still knows it. */
  forget(id: string): void;
}

/**
 * The key materials that a key has had, in the order of their arrival. Related multi-Region keys share one history.
 */
export class MaterialHistory {
  /** The key materials of each related key. */
  public readonly holders = new Set<MaterialHolder>();
  private readonly byId = new Map<string, KnownMaterial>();
  private currentId: string | undefined;

  /** The same key materials in a history that later changes do not reach. */
  public copy(): MaterialHistory {
    const copy = new MaterialHistory();
    for (const material of this.all) copy.put(material);
    return copy;
  }

  public get all(): readonly KnownMaterial[] {
    return [...this.byId.values()];
  }

  public get current(): KnownMaterial | undefined {
    return this.currentId === undefined ? undefined : this.byId.get(this.currentId);
  }

  public find(id: string): KnownMaterial | undefined {
    return this.byId.get(id);
  }

  public put(material: KnownMaterial): void {
    this.byId.set(material.id, material);
    if (material.use === 'CURRENT') this.currentId = material.id;
  }

  public remember(id: string, publicKey: KeyObject): void {
    const known = this.byId.get(id);
    if (known !== undefined) this.byId.set(id, { ...known, publicKey });
  }

  public remove(id: string): void {
    this.byId.delete(id);
  }

  public rotateTo(id: string, rotation: Rotation): void {
    const next = this.byId.get(id);
    if (next === undefined) throw new Error(`key material ${id} is not in this history`);
    if (this.current !== undefined) this.put({ ...this.current, use: 'NON_CURRENT' });
    this.put({ ...next, use: 'CURRENT', rotation });
  }
}
