import { recordVersion } from './material-record';
import { wrap } from './wrap';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { SYMMETRIC_MATERIAL_BYTES } from '../../src/contract/limits';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { Clock, KeyMaterialPort, SecretPort, WrappedMaterial } from '../ports';

export interface BringPorts {
  readonly kms: KeyMaterialPort;
  readonly secrets: SecretPort;
  readonly clock: Clock;
}

/** How long KMS may take to show what a call has done whose answer was lost. */
const LOST_ANSWER_MS = 5_000;

interface Bytes {
  readonly versionId: string;
  readonly validTo?: Date;
}

/** Gives the key bytes that it has never had. `wrong-material`: it has had them. */
export async function bringNew(bytes: Bytes, request: ImportRequest, ports: BringPorts): Promise<{ keyMaterialId?: string } | 'wrong-material'> {
  const answer = await bring(bytes, { importType: 'NEW_KEY_MATERIAL' }, request, ports);
  // Our own import, asked twice because its first answer was lost, is refused in the same words: what it did has to be seen first.
  if (answer === 'wrong-material') await ports.clock.sleep(LOST_ANSWER_MS);
  return answer;
}

/** Gives the key bytes again that it knows. */
export async function bringAgain(bytes: Bytes & { keyMaterialId: string }, request: ImportRequest, ports: BringPorts): Promise<void> {
  const { keyMaterialId } = bytes;
  const answer = await bring(bytes, { importType: 'EXISTING_KEY_MATERIAL', keyMaterialId }, request, ports);
  if (answer === 'wrong-material') {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: placeOf(bytes, request),
      what: 'holds other bytes than the key material that is to be imported again',
      allowed: `the bytes of key material ${keyMaterialId}`,
      remedy: 'bring the bytes back from where they were kept: put them into the secret under that version id, or name the version that has them',
    });
  }
  if (answer.keyMaterialId !== undefined && answer.keyMaterialId !== keyMaterialId) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: request.keyArn,
      what: 'KMS took the bytes for another key material',
      given: answer.keyMaterialId,
      allowed: keyMaterialId,
      remedy: 'look at the materials of the key before anything else is imported',
    });
  }
}

/** Reads, wraps, imports. Parameters are fetched afresh for each import: they age within a day, and are asked for when the bytes are known to be good. */
async function bring(
  { versionId, validTo }: Bytes, type: Pick<WrappedMaterial, 'importType' | 'keyMaterialId'>, request: ImportRequest, { kms, secrets }: BringPorts,
): Promise<{ keyMaterialId?: string } | 'wrong-material'> {
  const { keyArn, wrappingAlgorithm, wrappingKeySpec } = request;
  const material = await secrets.readMaterial({ ...request.secret, versionId });
  return material.useOnce(async (plaintext) => {
    if (plaintext.length !== SYMMETRIC_MATERIAL_BYTES) throw wrongLength(plaintext.length, placeOf({ versionId }, request));
    const { publicKey, importToken } = await kms.getParametersForImport(keyArn, wrappingAlgorithm, wrappingKeySpec);
    const encryptedKeyMaterial = wrap(plaintext, publicKey, wrappingAlgorithm);
    return kms.importKeyMaterial({ keyArn, importToken, encryptedKeyMaterial, ...type, validTo, description: recordVersion(versionId) });
  });
}

function wrongLength(length: number, where: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: 'key material has the wrong length',
    given: `${length} bytes`,
    allowed: `${SYMMETRIC_MATERIAL_BYTES} bytes`,
    remedy: 'put 32 random bytes into a new version of the secret, and check that the encoding of the source is the one the secret has',
  });
}

function placeOf({ versionId }: Pick<Bytes, 'versionId'>, { secret }: ImportRequest): string {
  return `secret ${secret.secretArn} version ${versionId}`;
}
