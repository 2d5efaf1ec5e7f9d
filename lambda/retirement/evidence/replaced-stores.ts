import type { Certificate } from '../../../src/contract/evidence/certificate';
import { certificateKey } from '../../../src/contract/evidence/evidence';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { storesWithout } from '../../declared-stores/declared-stores';
import { findGeneration } from '../../key-family/family';
import { readFamily } from '../../key-family/read-family';
import type { PassCounts } from '../../reencrypt/pass/sum-pass';
import type { RetirementPorts } from '../retirement-ports';

/** The stores as they are declared, and the resources that a census opened. */
type Counted = Pick<FamilyDescription, 'stores' | 'releasedStores'> & Pick<PassCounts, 'opened'>;

/**
 * Stores that the certificate and a later census did not count in the same way: a table that was deleted and created
 * again (restored from a backup, for example) can hold records that the certificate never counted, and so can another
 * attribute. A certified store that is no longer declared was not counted again.
 *
 * Empty without a certificate: every step that relies on one requires it.
 */
export async function findReplacedStores(
  description: FamilyDescription,
  number: number,
  { opened }: Pick<PassCounts, 'opened'>,
  { kms, evidence }: Pick<RetirementPorts, 'kms' | 'evidence'>,
): Promise<readonly string[]> {
  const { alias, stores, releasedStores } = description;
  const { certifiedSince } = findGeneration(await readFamily(alias, kms), number) ?? {};
  if (certifiedSince === undefined) return [];
  const certificate = await evidence.read<Certificate>(certificateKey(alias, number, certifiedSince));
  return certificate === undefined ? [] : replacedStores(certificate, { stores, releasedStores, opened });
}

/** Pure. A store that was not certified is declared later than the certificate: its records were not counted either. */
export function replacedStores(
  { stores: certified }: Pick<Certificate, 'stores'>, { stores, releasedStores = [], opened }: Counted,
): readonly string[] {
  const added = stores.filter(({ storeId, dataKeyAttribute }) => {
    const { arn, id } = opened[storeId] ?? {};
    return !certified.some((store) => store.storeId === storeId && store.tableArn === arn && store.tableId === id
      && store.dataKeyAttribute === dataKeyAttribute);
  });
  const removed = storesWithout(certified, [...stores, ...releasedStores]);
  return [...new Set([...added, ...removed].map(({ storeId }) => storeId))];
}
