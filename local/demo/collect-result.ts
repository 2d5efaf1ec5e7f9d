import type { DemoResult } from './demo-result';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import type { KeyState } from '../../lambda/ports/keys';
import { isCertificateKey, type Certificate } from '../../src/contract/evidence/certificate';
import type { ShardEvidence } from '../../src/contract/evidence/evidence';
import { generationAlias } from '../../src/contract/family/generation-tags';
import { addCounts, NO_RECORDS, writesRecords } from '../../src/contract/runs/reencryption';
import type { LocalAccount } from '../account/local-account';

/** Where the result is. */
interface ResultPlaces {
  readonly alias: string;
  readonly evidenceBucket: string;
}

type CollectedResult = Omit<
  DemoResult,
  'records' | 'writtenDuringRotation' | 'lost' | 'seconds' | 'virtualDays' | 'executedStates' | 'refusedCalls' | 'missingRefusals'
>;

/** Reads the result from the evidence, and independently of it from the audit log of the local KMS. */
export async function collectResult(account: LocalAccount, { alias, evidenceBucket }: ResultPlaces): Promise<CollectedResult> {
  const { kms, s3 } = account.laptop;
  const family = new KmsKeyFamily(account.laptop.kmsClient('operator', 1));
  const [oldKey, newKey] = await Promise.all([family.describeKey(generationAlias(alias, 1)), family.describeKey(alias)]);
  const certificate = onlyOne([...s3.objects(evidenceBucket)].filter(([key]) => isCertificateKey(alias, key)));
  const evidence = countObjects(s3.objects(evidenceBucket));
  const reEncryption = evidence.filter(({ mode }) => writesRecords(mode));
  const total = reEncryption.map(({ counts }) => counts).reduce(addCounts, NO_RECORDS);
  const census = evidence.filter(({ run }) => run === certificate.run).map(({ counts }) => counts).reduce(addCounts, NO_RECORDS);
  const worker = account.accessKeyOf(account.functionByAsset('worker').roleArn);
  return {
    reEncrypted: total.reEncrypted,
    alreadyCurrent: total.alreadyCurrent,
    writeConflicts: total.writeConflicts,
    quarantined: total.quarantined + census.quarantined,
    reEncryptCallsPerRecord: total.answeredCalls / total.reEncrypted,
    censusCallsPerRecord: census.answeredCalls / (census.scanned - census.withoutDataKey),
    underOldGeneration: census.underOldGeneration,
    throttled: kms.audit.count({ status: 'ThrottlingException' }),
    workerDecryptCalls: kms.audit.count({ accessKey: worker, operation: 'Decrypt' }),
    oldGenerationState: oldKey?.state as KeyState,
    newGenerationState: newKey?.state as KeyState,
    aliasMoves: kms.audit.count({ operation: 'UpdateAlias', status: 'answered' })
      + kms.audit.count({ operation: 'UpdateAlias', status: 'lost' }),
    passes: new Set(reEncryption.map(({ run, pass }) => `${run} ${pass}`)).size,
    certificate,
  };
}

function countObjects(objects: ReadonlyMap<string, Buffer>): ShardEvidence[] {
  const counts = [...objects].filter(([key]) => key.endsWith('.counts.json'));
  return counts.map(([, body]) => JSON.parse(body.toString('utf8')) as ShardEvidence);
}

function onlyOne(found: readonly (readonly [string, Buffer])[]): Certificate {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`evidence bucket: must hold one certificate, got ${found.length}`);
  return JSON.parse(first[1].toString('utf8')) as Certificate;
}
