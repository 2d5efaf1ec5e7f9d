import type { Clock } from '../../ports/clock';
import type { EvidencePort } from '../../ports/evidence';
import type { AliasEntry, KeyFamilyPort } from '../../ports/key-family';
import { findScheduled } from '../evidence/find-scheduled';

/** The rule delivers the failed calls of the whole account. Without a cache, each would cost a ListAliases call. */
const VALID_MILLISECONDS = 60_000;

/** Ports of what the watch knows. */
export interface KnownKeysPorts {
  readonly kms: Pick<KeyFamilyPort, 'listAliases'>;
  readonly evidence: Pick<EvidencePort, 'list' | 'read'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** The keys that a family watches. */
export interface WatchedKeys {
  /** Every alias of the account and Region that can belong to the family. */
  readonly aliases: readonly AliasEntry[];
  /** The ids of keys whose deletion retirement has scheduled: a deleted alias does not hide a key. */
  readonly scheduled: readonly string[];
}

/** The keys that each family watches, read at most once a minute. */
export class KnownKeys {
  private readonly known = new Map<string, { readonly at: number; readonly keys: WatchedKeys }>();

  public constructor(private readonly ports: KnownKeysPorts) {}

  public async read(alias: string): Promise<WatchedKeys> {
    const { kms, evidence, clock } = this.ports;
    const now = clock.now().getTime();
    const cached = this.known.get(alias);
    if (cached !== undefined && now - cached.at < VALID_MILLISECONDS) return cached.keys;
    const keys = { aliases: await kms.listAliases(alias), scheduled: await findScheduled(alias, { evidence, clock }) };
    this.known.set(alias, { at: now, keys });
    return keys;
  }

  /** The next call reads again. */
  public forget(alias: string): void {
    this.known.delete(alias);
  }
}
