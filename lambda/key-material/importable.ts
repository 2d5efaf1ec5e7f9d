import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { KeyDescription, KeyState } from '../ports';

const NOT_YET: readonly KeyState[] = ['Creating', 'Updating', 'Unavailable'];
const GOING: readonly KeyState[] = ['PendingDeletion', 'PendingReplicaDeletion'];

/** Complains about a key that can take no symmetric key material. */
export function assertImportable(key: KeyDescription): void {
  if (key.origin !== 'EXTERNAL') {
    throw refuse(key, 'the key makes its material itself', `origin ${key.origin}`, 'EXTERNAL', 'use a key that ImportedMaterialKey made');
  }
  if (key.keySpec !== 'SYMMETRIC_DEFAULT') {
    throw refuse(key, 'the key is not a symmetric one', key.keySpec, 'SYMMETRIC_DEFAULT', 'use a key that ImportedMaterialKey made');
  }
  if (GOING.includes(key.state)) {
    throw refuse(key, 'the key is about to be deleted', key.state, 'Enabled, Disabled, PendingImport', 'cancel its deletion and enable it, or leave it out');
  }
  if (NOT_YET.includes(key.state)) {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: key.keyArn, what: 'the key cannot take material yet', given: key.state, allowed: 'Enabled, Disabled, PendingImport', remedy: 'ask again later',
    });
  }
}

/** New bytes become current by a rotation, and KMS rotates enabled keys only. */
export function assertRotatable(key: KeyDescription): void {
  if (key.state !== 'Disabled') return;
  throw refuse(key, 'new bytes cannot become current while the key is disabled', key.state, 'Enabled', 'enable the key and deploy again');
}

/** Somebody may have disabled the key on purpose; material has nothing to say about that. */
export function isReady(key: KeyDescription): boolean {
  return key.state === 'Enabled' || key.state === 'Disabled';
}

function refuse(key: KeyDescription, what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where: key.keyArn, what, given, allowed, remedy });
}
