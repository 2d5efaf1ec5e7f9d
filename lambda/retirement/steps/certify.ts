import { earliestCensus } from '../decide/replaced-generation';
import type { RetirementPorts } from '../retirement-ports';
import { requireStillDue, type DueSituation } from './preconditions';
import { ErrorName } from '../../../src/contract/error-names';
import { LIMITATIONS, CERTIFICATE_SCHEMA, isCertificateKey, type Certificate } from '../../../src/contract/evidence/certificate';
import { certificateKey, certificatePrefix } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { EvidencePort } from '../../ports/evidence';
import { hashCertificate, verifyCertificate } from '../evidence/hash-certificate';
import { censusOf, readCensusTimes, requireEmptyCensus } from '../evidence/read-census';

/**
 * Writes the certificate of a generation, then records it in a tag of the key. If the step is repeated, it finds the
 * certificate that it wrote: there is one certificate for each census.
 */
export async function certify(description: FamilyDescription, run: RetirementRun, ports: RetirementPorts): Promise<RetirementRun> {
  const { kms, evidence, log } = ports;
  const { alias } = description;
  const { startedAt } = censusOf(run);
  const situation = await requireStillDue(description, run, ports, {
    due: { kind: 'count', purpose: 'certify' },
    undoOwnAttempt: (found) => (found.certifiedSince === startedAt ? { ...found, certifiedSince: undefined } : found),
  });
  const { generation } = situation;
  refuseEarlyCensus(alias, generation.generation, startedAt, earliestCensus(generation, description));

  const key = certificateKey(alias, generation.generation, startedAt);
  await evidence.writeOnce(key, await issue(description, run, situation, evidence));
  const certificate = await evidence.read<Certificate>(key);
  if (certificate === undefined || !verifyCertificate(certificate) || certificate.run !== run.run) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: key,
      what: 'the object at this key is not the certificate that was written',
      given: certificate?.run ?? 'nothing',
      allowed: run.run,
      remedy: 'find the principal that writes to the evidence bucket (CloudTrail: PutObject); the generation is unchanged',
    });
  }
  await kms.tagKey(generation.keyId, { [GenerationTag.CERTIFIED_SINCE]: startedAt });
  const { hash, total: { scanned } } = certificate;
  log.info('generation-certified', { family: alias, generation: generation.generation, certificate: key, hash, scanned });
  return run;
}

function refuseEarlyCensus(alias: string, generation: number, startedAt: string, earliest: Date): void {
  if (Date.parse(startedAt) >= earliest.getTime()) return;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: generationAlias(alias, generation),
    what: 'census began before all data keys from before the fence had reached their maximum age',
    given: startedAt,
    allowed: `${earliest.toISOString()} or later`,
    remedy: 'nothing was changed; a later retirement run counts again when the census is due',
  });
}

async function issue(
  description: FamilyDescription, run: RetirementRun, { family, generation, deletion, facts }: DueSituation, evidence: EvidencePort,
): Promise<Certificate> {
  const { total, byStore, opened } = await requireEmptyCensus(description, run, evidence);
  // The alias may have moved during the census. The certificate names the generation to which the census re-encrypted.
  const current = family.generations.find(({ keyArn }) => keyArn === run.generations?.current) ?? family.current;
  const { observationDays, soakDays, backupRetentionDays, pendingWindowDays } = deletion;
  return hashCertificate({
    schema: CERTIFICATE_SCHEMA,
    family: family.alias,
    owner: description.owner,
    generation: generation.generation,
    keyArn: generation.keyArn,
    currentGeneration: current.generation,
    currentKeyArn: current.keyArn,
    run: run.run,
    pass: censusOf(run).number,
    fencedSince: generation.fencedSince,
    emptiedSince: generation.emptiedSince,
    consumerWatch: generation.consumerWatch ?? 'unknown',
    census: await readCensusTimes(run, evidence),
    stores: description.stores.map(({ storeId, tableName, dataKeyAttribute, foreignRecords }) => ({
      storeId,
      tableName,
      tableArn: opened[storeId]?.arn ?? 'unknown',
      tableId: opened[storeId]?.id ?? 'unknown',
      dataKeyAttribute,
      ...(foreignRecords && { foreignRecords }),
      counts: byStore[storeId] ?? total,
    })),
    ...(description.releasedStores && description.releasedStores.length > 0 && { releasedStores: description.releasedStores }),
    total,
    quarantined: 0,
    declared: {
      propagationDelaySeconds: description.propagationDelaySeconds,
      dataKeyMaxAgeSeconds: description.dataKeyMaxAgeSeconds,
      observationDays,
      soakDays,
      backupRetentionDays,
      pendingWindowDays,
    },
    limitations: LIMITATIONS,
    issuedAt: facts.now.toISOString(),
    previousHash: await findPreviousHash(family.alias, evidence),
  });
}

/** The certificates of a family form a chain of hashes, so that removing or inserting one later is detected. */
async function findPreviousHash(alias: string, evidence: EvidencePort): Promise<string | undefined> {
  const keys = (await evidence.list(certificatePrefix(alias))).filter((key) => isCertificateKey(alias, key));
  const certificates = await Promise.all(keys.map((key) => evidence.read<Certificate>(key)));
  return certificates
    .filter((each) => each !== undefined)
    .sort((one, other) => Date.parse(one.issuedAt) - Date.parse(other.issuedAt))
    .at(-1)?.hash;
}
