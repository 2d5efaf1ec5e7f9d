import { recordVersion } from './material-record';
import type { DatedRequest } from './plan-import';
import { wrap } from './wrap';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { SYMMETRIC_MATERIAL_BYTES } from '../../src/contract/limits';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { Clock } from '../ports/clock';
import type { KeyMaterialPort, SecretPort, WrappedMaterial } from '../ports/key-material';

export interface VersionImportPorts {
  readonly kms: KeyMaterialPort;
  readonly secrets: SecretPort;
  readonly clock: Clock;
}

/** How long KMS may take to show the effect of a call whose response was lost. */
const LOST_RESPONSE_MS = 5_000;

/** A version of the secret, and the expiry of its key material. */
interface SecretVersion {
  readonly versionId: string;
  /** The complete ARN of the secret, which is recorded on the key. */
  readonly secretArn: string;
  readonly validTo?: Date;
}

type ImportOutcome = { readonly keyMaterialId?: string } | 'wrong-material';

/** Imports key material that the key never had. `wrong-material`: the key already had it. */
export async function importNewVersion(version: SecretVersion, request: DatedRequest, ports: VersionImportPorts): Promise<ImportOutcome> {
  const outcome = await importVersion(version, { importType: 'NEW_KEY_MATERIAL' }, request, ports);
  // KMS refuses with the same error if the SDK repeats our own import after a lost response. Wait until its
  // effect is visible.
  if (outcome === 'wrong-material') await ports.clock.sleep(LOST_RESPONSE_MS);
  return outcome;
}

/** Key material that the key already had, and where it is. */
interface KnownVersion extends SecretVersion {
  readonly keyMaterialId: string;
  /** The secret from which it was imported, if it is another one. */
  readonly otherSecret?: string;
}

/**
 * Imports key material that the key already had. KMS accepts no other key material, so the version may also be a copy
 * in another secret.
 */
export async function reimportVersion(version: KnownVersion, request: DatedRequest, ports: VersionImportPorts): Promise<void> {
  const { keyMaterialId, otherSecret } = version;
  const outcome = await importVersion(version, { importType: 'EXISTING_KEY_MATERIAL', keyMaterialId }, request, ports)
    .catch((error) => { throw explainOtherSecret(error, version, request); });
  if (outcome === 'wrong-material') {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: placeOf(version, request),
      what: 'secret version contains other key material than the one to import again',
      given: otherSecret === undefined ? undefined : `a version with the same id as that of ${otherSecret}, from which it was imported`,
      allowed: `key material ${keyMaterialId}`,
      remedy: 'restore that key material from its backup into the secret, under this version id, or name the version that contains it',
    });
  }
  if (outcome.keyMaterialId !== undefined && outcome.keyMaterialId !== keyMaterialId) {
    throw new Failure(ErrorName.VERIFICATION_FAILED, {
      where: request.keyArn,
      what: 'KMS imported the key material under another id than the requested one',
      given: outcome.keyMaterialId,
      allowed: keyMaterialId,
      remedy: 'list the key materials of the key (kms:ListKeyRotations) before you import anything else',
    });
  }
}

/**
 * Reads, wraps and imports the key material of one secret version.
 *
 * Import parameters expire after a day, so each import gets new ones, after the key material has been checked.
 */
async function importVersion(
  { versionId, secretArn, validTo }: SecretVersion,
  type: Pick<WrappedMaterial, 'importType' | 'keyMaterialId'>,
  request: DatedRequest,
  { kms, secrets }: VersionImportPorts,
): Promise<ImportOutcome> {
  const { keyArn, wrappingAlgorithm, wrappingKeySpec } = request;
  const material = await secrets.readMaterial({ ...request.secret, versionId });
  return material.useOnce(async (plaintext) => {
    if (plaintext.length !== SYMMETRIC_MATERIAL_BYTES) throw wrongLength(plaintext.length, placeOf({ versionId }, request));
    const { publicKey, importToken } = await kms.getParametersForImport(keyArn, wrappingAlgorithm, wrappingKeySpec);
    const encryptedKeyMaterial = wrap(plaintext, publicKey, wrappingAlgorithm);
    const description = recordVersion(versionId, secretArn, request.sentAt);
    return kms.importKeyMaterial({ keyArn, importToken, encryptedKeyMaterial, ...type, validTo, description });
  });
}

function wrongLength(length: number, where: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where,
    what: 'key material has the wrong length',
    given: `${length} bytes`,
    allowed: `${SYMMETRIC_MATERIAL_BYTES} bytes`,
    remedy: `store ${SYMMETRIC_MATERIAL_BYTES} random bytes in a new version of the secret, and declare the encoding that the secret has`,
  });
}

/** The version does not exist in the declared secret, because another secret has it. */
function explainOtherSecret(
  error: unknown, { versionId, keyMaterialId, secretArn, otherSecret }: KnownVersion, { keyArn }: ImportRequest,
): unknown {
  if (otherSecret === undefined || !Failure.named(error, ErrorName.INVALID_REQUEST)) return error;
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: `key material ${keyMaterialId} of ${keyArn}`,
    what: 'key material was imported from another secret than the declared one, from which it cannot be imported again',
    given: `version ${versionId} of ${otherSecret}; declared is ${secretArn} (${error.message})`,
    allowed: 'the secret from which the key material was imported, or another one with the same key material under the same version id',
    remedy: `declare ${otherSecret} again, or copy its version ${versionId} to ${secretArn} (put-secret-value --client-request-token `
      + `${versionId} --version-stages copied). New key material of another secret is for a key without key material: the next generation `
      + 'of a RotatingKey, or an ImportedMaterialKey with versionId',
  }, error);
}

function placeOf({ versionId }: Pick<SecretVersion, 'versionId'>, { secret }: ImportRequest): string {
  return `secret ${secret.secretArn} version ${versionId}`;
}
