import { createPublicKey, type KeyObject } from 'node:crypto';
import { MaterialHistory, type KnownMaterial, type MaterialHolder, type Rotation } from './material-history';
import type { RotationSchedule } from './rotation-schedule';

/** One key material of one KMS key. It is stored in a `KeyObject`, which neither prints nor serializes it. */
export interface KeyMaterial extends KnownMaterial {
  /**
   * Absent if it was never imported here, was deleted or has expired. The same key material may be imported again.
   */
  readonly secret?: KeyObject;
  /** The time of expiry, in epoch milliseconds; absent if it does not expire. */
  readonly validTo?: number;
}

interface PresentSecret {
  readonly secret: KeyObject;
  readonly validTo?: number;
}

/**
 * All key materials of a key, in the order in which they were added.
 *
 * Related multi-Region keys with imported key material each have their own, of one history: they share which key
 * materials exist and their use, but key material is imported and deleted in each Region separately.
 */
export class KeyMaterials implements MaterialHolder {
  /** The schedule of automatic rotation; absent if it is disabled. */
  public schedule?: RotationSchedule;
  private readonly present = new Map<string, PresentSecret>();

  public constructor(private readonly history = new MaterialHistory()) {
    history.holders.add(this);
  }

  /** The key materials of a replica in another Region: the same history, and nothing imported yet. */
  public ofReplica(): KeyMaterials {
    return new KeyMaterials(this.history);
  }

  /** The key materials as they are now. Later changes do not reach the copy. */
  public copy(): KeyMaterials {
    const copy = new KeyMaterials(this.history.copy());
    for (const [id, secret] of this.present) copy.present.set(id, secret);
    copy.schedule = this.schedule;
    return copy;
  }

  /** Must be called when the key is deleted: its missing key material then blocks no rotation. */
  public leave(): void {
    this.history.holders.delete(this);
  }

  public get all(): readonly KeyMaterial[] {
    return this.history.all.map((known) => this.withSecret(known));
  }

  /** The current key material, for encryption. It stays known after it was deleted or has expired. */
  public get current(): KeyMaterial | undefined {
    return this.history.current && this.withSecret(this.history.current);
  }

  /** The key material that the next on-demand rotation makes current. */
  public get pending(): KeyMaterial | undefined {
    return this.all.find((material) => material.use === 'PENDING_ROTATION');
  }

  /** The key materials that data may be encrypted under. */
  public get associated(): readonly KeyMaterial[] {
    return this.all.filter((material) => material.use !== 'PENDING_ROTATION');
  }

  /** Whether every key material that data may be encrypted under is present: otherwise the key is PendingImport. */
  public get complete(): boolean {
    const { current, all } = this.history;
    return current !== undefined && all.every(({ id, use }) => use === 'PENDING_ROTATION' || this.present.has(id));
  }

  public get onDemandRotations(): number {
    return this.history.all.filter(({ rotation }) => rotation?.type === 'ON_DEMAND').length;
  }

  public find(id: string): KeyMaterial | undefined {
    const known = this.history.find(id);
    return known && this.withSecret(known);
  }

  /** Adds key material, or imports or renews known key material again. */
  public put({ secret, validTo, ...known }: KeyMaterial & PresentSecret): void {
    this.history.put(known);
    this.present.set(known.id, { secret, validTo });
  }

  /** Makes a key material of the history the current one. Its predecessor stays for decryption. */
  public rotateTo(id: string, rotation: Rotation): void {
    this.history.rotateTo(id, rotation);
  }

  /**
   * Deletes key material here. The public key of a pair stays known: it may be in use for encryption
   * or verification elsewhere.
   */
  public forget(id: string): void {
    const secret = this.present.get(id)?.secret;
    if (secret?.type === 'private') this.history.remember(id, createPublicKey(secret));
    this.present.delete(id);
  }

  /** Deletes key material that never became current, here and in all related keys. */
  public abandon(id: string): void {
    for (const related of this.history.holders) related.forget(id);
    this.history.remove(id);
  }

  /** Whether the key material is present here. */
  public has(id: string): boolean {
    return this.present.has(id);
  }

  /** Whether the key material is present in every related key. */
  public isEverywhere(id: string): boolean {
    return [...this.history.holders].every((related) => related.has(id));
  }

  /** The ids of key materials that have expired. */
  public expired(now: number): string[] {
    return [...this.present].filter(([, { validTo }]) => validTo !== undefined && validTo <= now).map(([id]) => id);
  }

  /** The time of the next expiry; `Infinity` if there is none. */
  public get nextExpiry(): number {
    let earliest = Infinity;
    for (const { validTo } of this.present.values()) earliest = Math.min(earliest, validTo ?? Infinity);
    return earliest;
  }

  private withSecret(known: KnownMaterial): KeyMaterial {
    return { ...known, ...this.present.get(known.id) };
  }
}
