import type { KeyObject } from 'node:crypto';

export type MaterialUse = 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';

/** How a material became the current one. */
export interface Rotation {
  readonly type: 'AUTOMATIC' | 'ON_DEMAND';
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What a key knows of a material even when it has not its bytes. */
export interface KnownMaterial {
  readonly id: string;
  readonly use: MaterialUse;
  /** What the importer wrote beside it. */
  readonly description?: string;
  /** Absent for the first material and for one that waits. */
  readonly rotation?: Rotation;
  /** Of a key pair whose private half was here once, and is gone. */
  readonly publicKey?: KeyObject;
}

/** Whoever holds bytes of the materials in a history: each related key does, for its own Region. */
export interface MaterialHolder {
  has(id: string): boolean;
  /** Forgets the bytes, not the material. */
  forget(id: string): void;
}

/** Which materials a key has had, in the order in which they came. Related multi-Region keys have one history together. */
export class MaterialHistory {
  /** The materials of each related key. */
  public readonly holders = new Set<MaterialHolder>();
  private readonly byId = new Map<string, KnownMaterial>();
  private currentId: string | undefined;

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
    if (next === undefined) throw new Error(`key material ${id} is not of this history`);
    if (this.current !== undefined) this.put({ ...this.current, use: 'NON_CURRENT' });
    this.put({ ...next, use: 'CURRENT', rotation });
  }
}
