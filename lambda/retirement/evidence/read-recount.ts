import { recountKey, type RecountEvidence } from '../../../src/contract/evidence/certificate';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { StorePlace } from '../../../src/contract/stores/store-place';
import { storesWithout } from '../../declared-stores/declared-stores';
import type { Generation } from '../../key-family/family';
import type { EvidencePort } from '../../ports/evidence';
import type { Recount } from '../retirement-facts';

/** Undefined if there is none for this deletion of this key. */
export async function readRecount(
  { alias, stores }: Pick<FamilyDescription, 'alias' | 'stores'>,
  { generation, keyArn, certifiedSince, recountedAt }: Pick<Generation, 'generation' | 'keyArn' | 'certifiedSince' | 'recountedAt'>,
  evidence: Pick<EvidencePort, 'read'>,
): Promise<Recount | undefined> {
  if (certifiedSince === undefined || recountedAt === undefined) return undefined;
  const recount = await evidence.read<RecountEvidence>(recountKey(alias, generation, certifiedSince, recountedAt));
  if (recount?.keyArn !== keyArn) return undefined;
  // Earlier versions of this library did not record what was counted.
  const { stores: counted = [] } = recount as Partial<RecountEvidence>;
  return { countedAt: recount.census.startedAt, lacking: storesWithout(stores, counted) };
}

/** Why a deletion does not continue although it was counted again. */
export function describeLacking(stores: readonly StorePlace[]): string {
  const listed = stores.map(({ tableArn, dataKeyAttribute }) => `${tableArn}, attribute ${dataKeyAttribute}`);
  return `the recount in the pending window has not counted a store that is declared now: ${listed.join('; ')}`;
}
