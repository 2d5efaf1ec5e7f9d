import { createHash, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';

export type MaterialUse = 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION';

/** One key material of one KMS key. Its bytes live in a `KeyObject`, which neither prints nor serialises them. */
export interface KeyMaterial {
  readonly id: string;
  readonly use: MaterialUse;
  /** Absent: deleted or expired. The same bytes may come back. */
  readonly secret?: KeyObject;
  /** Of a key pair whose private key is gone: what others have encrypted or signed with stays known. */
  readonly publicKey?: KeyObject;
  /** What the importer wrote beside it. */
  readonly description?: string;
  /** When it expires, in epoch milliseconds; absent when never. */
  readonly validTo?: number;
  /** When it became current by a rotation; absent for the first material and for one that waits. */
  readonly rotatedAt?: number;
}

/** Symmetric key material is this long, whoever made it. */
export const SYMMETRIC_MATERIAL_BYTES = 32;

/** The same bytes have another id in another KMS key, and the same id whenever they come back to this one. */
export function materialId(keyId: string, bytes: Uint8Array): string {
  return createHash('sha256').update(keyId).update('\0').update(bytes).digest('hex');
}

/** Takes bytes into a `KeyObject` and wipes them. */
export function takeMaterial(keyId: string, bytes: Buffer): { id: string; secret: KeyObject } {
  const material = { id: materialId(keyId, bytes), secret: createSecretKey(bytes) };
  bytes.fill(0);
  return material;
}

/** All materials of a key, in the order in which they came to it. */
export class KeyMaterials {
  private readonly byId = new Map<string, KeyMaterial>();
  private currentId: string | undefined;

  public get all(): readonly KeyMaterial[] {
    return [...this.byId.values()];
  }

  /** Those that data may be encrypted under: every one must be present for the key to work. */
  public get associated(): readonly KeyMaterial[] {
    return this.all.filter((material) => material.use !== 'PENDING_ROTATION');
  }

  /** What new data is encrypted under; stays known when its bytes are gone. */
  public get current(): KeyMaterial | undefined {
    return this.currentId === undefined ? undefined : this.byId.get(this.currentId);
  }

  public get pending(): KeyMaterial | undefined {
    return this.all.find((material) => material.use === 'PENDING_ROTATION');
  }

  public find(id: string): KeyMaterial | undefined {
    return this.byId.get(id);
  }

  /** Adds a material, or brings back or renews one that is known. */
  public put(material: KeyMaterial): void {
    this.byId.set(material.id, material);
    if (material.use === 'CURRENT') this.currentId = material.id;
  }

  /** Makes a material the current one; its predecessor stays for what was encrypted under it. */
  public rotateTo(material: KeyMaterial, rotatedAt: number): void {
    const previous = this.current;
    if (previous !== undefined) this.put({ ...previous, use: 'NON_CURRENT' });
    this.put({ ...material, use: 'CURRENT', rotatedAt });
  }

  /** Forgets the bytes. A material that never became current is forgotten altogether. */
  public forget(material: KeyMaterial): void {
    if (material.use === 'PENDING_ROTATION') {
      this.byId.delete(material.id);
    } else {
      const { secret } = material;
      const publicKey = secret?.type === 'private' ? createPublicKey(secret) : material.publicKey;
      this.byId.set(material.id, { ...material, secret: undefined, publicKey, validTo: undefined });
    }
  }

  /** Forgets what has expired by now. */
  public expire(now: number): void {
    for (const material of this.all) if (material.validTo !== undefined && material.validTo <= now) this.forget(material);
  }

  /** When the next material expires; `Infinity` when none ever does. */
  public get nextExpiry(): number {
    return this.all.reduce((earliest, { validTo }) => Math.min(earliest, validTo ?? Infinity), Infinity);
  }
}
