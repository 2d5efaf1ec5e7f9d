import { ErrorName } from '../../src/contract/error-names';
import type { SecretPort } from '../ports';
import { pinLabel, recordedVersion } from './material-record';
import type { MaterialState } from './plan-import';
import { Failure } from '../../src/contract/failure';
import type { Log } from '../runtime/log';

/**
 * Labels every version that the key would need to get its materials back. Secrets Manager may delete versions without a label.
 *
 * If the version of the current material is not there, the request fails: its secret is the wrong one, or cannot renew the key. One of
 * an older material is reported: it may have been kept elsewhere on purpose.
 */
export async function pinVersions({ key, materials }: MaterialState, secretArn: string, ports: { secrets: SecretPort; log: Log }): Promise<void> {
  for (const { use, keyMaterialId, description } of materials) {
    const versionId = recordedVersion(description);
    if (versionId === undefined || use === 'PENDING_ROTATION') continue;
    try {
      await ports.secrets.pinVersion(secretArn, versionId, pinLabel(key.keyId, keyMaterialId));
    } catch (error) {
      if (use === 'CURRENT' || !Failure.named(error, ErrorName.INVALID_REQUEST)) throw error;
      ports.log.warn('material-version-missing', { keyArn: key.keyArn, keyMaterialId, secretArn, secretVersionId: versionId, reason: error.message });
    }
  }
}
