import { reimportVersion, type VersionImportPorts } from './import-version';
import { recordedOtherSecret, recordedVersion } from './material-record';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { KeyMaterial } from '../ports/key-material';

/**
 * Proves that the key material of a key is that of the version of the secret that its description names: it imports
 * that version again, and KMS accepts no other key material. It never expires after that.
 *
 * The description alone proves nothing: whoever imports key material writes it.
 */
export async function proveMaterial(
  { keyMaterialId, description }: Pick<KeyMaterial, 'keyMaterialId' | 'description'>, request: ImportRequest, ports: VersionImportPorts,
): Promise<void> {
  const versionId = recordedVersion(description);
  if (versionId === undefined) throw notProven(request, 'its description names no version of a secret');
  const secretArn = await ports.secrets.completeArn(request.secret.secretArn);
  const otherSecret = recordedOtherSecret(description, secretArn);
  const known = { keyMaterialId, versionId, secretArn, ...(otherSecret !== undefined && { otherSecret }) };
  try {
    await reimportVersion(known, { ...request, expiration: { kind: 'never' } }, ports);
  } catch (error) {
    // With another secret, the error says how to declare it again.
    if (otherSecret === undefined && Failure.named(error, ErrorName.INVALID_REQUEST)) throw notProven(request, error.message, error);
    throw error;
  }
}

function notProven({ keyArn, secret }: ImportRequest, given: string, cause?: unknown): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where: keyArn,
    what: 'key material of a generation that was never current is not proven to be from the secret',
    given,
    allowed: `key material of a version of ${secret.secretArn}`,
    remedy: 'find the principal that created the key or imported its key material (CloudTrail: CreateKey, ImportKeyMaterial); '
      + 'if no rotation did, delete the alias of this generation, and the next run creates another key; '
      + 'otherwise restore that version of the secret',
  }, cause);
}
