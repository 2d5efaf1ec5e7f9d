import { recordedVersion } from './material-record';
import { formerPinLabel, pinLabel } from './pin-labels';
import type { MaterialState } from './plan-import';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { SecretPort } from '../ports/key-material';
import type { Log } from '../runtime/log';

/**
 * Labels every secret version that is needed to import the key material again. Secrets Manager may delete versions
 * without a label.
 *
 * If the version of the current key material is missing, the request fails: the secret is the wrong one, or cannot
 * renew the key. A missing version of older key material is logged only: it may be stored elsewhere on purpose.
 */
export async function pinVersions(
  { key, materials }: MaterialState, secretArn: string, ports: { secrets: SecretPort; log: Log },
): Promise<void> {
  for (const { use, keyMaterialId, description } of materials) {
    const versionId = recordedVersion(description);
    if (versionId === undefined || use === 'PENDING_ROTATION') continue;
    try {
      await ports.secrets.pinVersion(secretArn, versionId, [pinLabel(key, keyMaterialId), formerPinLabel(key, keyMaterialId)]);
    } catch (error) {
      if (use === 'CURRENT' || !Failure.named(error, ErrorName.INVALID_REQUEST)) throw error;
      const fields = { keyArn: key.keyArn, keyMaterialId, secretArn, secretVersionId: versionId };
      ports.log.warn('material-version-missing', { ...fields, reason: error.message });
    }
  }
}
