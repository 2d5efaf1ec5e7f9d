import { createPublicKey, type KeyObject } from 'node:crypto';
import { MaterialHistory, type KnownMaterial, type MaterialHolder, type Rotation } from './material-history';
import type { RotationSchedule } from './rotation-schedule';

/** One key material of one KMS key. Its bytes live in a `KeyObject`, which neither prints nor serialises them. */
export interface KeyMaterial extends KnownMaterial {
  /** Absent: never imported here, deleted or expired. The same bytes may come. */
  readonly secret?: KeyObject;
  /** When it expires, in epoch milliseconds; absent when never. */
  readonly validTo?: number;
}

interface PresentSecret {
  readonly secret: KeyObject;
  readonly validTo?: number;
}

/**
 * All materials of a key, in the order in which they came to it.
 *
 * Related multi-Region keys whose material is imported each have their own, of one history: they agree on which materials there are
 * and what each is for, but the bytes come to each Region by themselves, and go.
 */
export class KeyMaterials implements MaterialHolder {
  /** When KMS rotates by itself; absent while it does not. */
  public schedule?: RotationSchedule;
  private readonly present = new Map<string, PresentSecret>();

  public constructor(private readonly history = new MaterialHistory()) {
    history.holders.add(this);
  }

  /** For a replica in another Region: the same history, and no bytes yet. */
  public ofReplica(): KeyMaterials {
    return new KeyMaterials(this.history);
  }

  /** To be told when the key is gone: what it lacks holds up nobody any more. */
  public leave(): void {
    this.history.holders.delete(this);
  }

  public get all(): readonly KeyMaterial[] {
    return this.history.all.map((known) => this.withSecret(known));
  }

  /** What new data is encrypted under; stays known when its bytes are gone. */
  public get current(): KeyMaterial | undefined {
    return this.history.current && this.withSecret(this.history.current);
  }

  /** What the next rotation on demand will make current. */
  public get pending(): KeyMaterial | undefined {
    return this.all.find((material) => material.use === 'PENDING_ROTATION');
  }

  /** Those that data may be encrypted under. */
  public get associated(): readonly KeyMaterial[] {
    return this.all.filter((material) => material.use !== 'PENDING_ROTATION');
  }

  /** Whether every material that data may be encrypted under is here: only then does the key work. */
  public get complete(): boolean {
    return this.history.current !== undefined && this.history.all.every(({ id, use }) => use === 'PENDING_ROTATION' || this.present.has(id));
  }

  public get onDemandRotations(): number {
    return this.history.all.filter(({ rotation }) => rotation?.type === 'ON_DEMAND').length;
  }

  public find(id: string): KeyMaterial | undefined {
    const known = this.history.find(id);
    return known && this.withSecret(known);
  }

  /** Adds a material, or brings back or renews one that is known. */
  public put({ secret, validTo, ...known }: KeyMaterial & PresentSecret): void {
    this.history.put(known);
    this.present.set(known.id, { secret, validTo });
  }

  /** Makes a material of the history the current one; its predecessor stays for what was encrypted under it. */
  public rotateTo(id: string, rotation: Rotation): void {
    this.history.rotateTo(id, rotation);
  }

  /** Forgets the bytes here. Of a key pair the public half stays known: others have encrypted or verify signatures with it. */
  public forget(id: string): void {
    const secret = this.present.get(id)?.secret;
    if (secret?.type === 'private') this.history.remember(id, createPublicKey(secret));
    this.present.delete(id);
  }

  /** Forgets a material that never became current altogether, here and in all related keys. */
  public abandon(id: string): void {
    for (const related of this.history.holders) related.forget(id);
    this.history.remove(id);
  }

  /** Whether the bytes are here. */
  public has(id: string): boolean {
    return this.present.has(id);
  }

  /** Whether the bytes are in every related key. */
  public isEverywhere(id: string): boolean {
    return [...this.history.holders].every((related) => related.has(id));
  }

  /** The ids of what has expired by now. */
  public expired(now: number): string[] {
    return [...this.present].filter(([, { validTo }]) => validTo !== undefined && validTo <= now).map(([id]) => id);
  }

  /** When the next material expires; `Infinity` when none ever does. */
  public get nextExpiry(): number {
    let earliest = Infinity;
    for (const { validTo } of this.present.values()) earliest = Math.min(earliest, validTo ?? Infinity);
    return earliest;
  }

  private withSecret(known: KnownMaterial): KeyMaterial {
    return { ...known, ...this.present.get(known.id) };
  }
}
