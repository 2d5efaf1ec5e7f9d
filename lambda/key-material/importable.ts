import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { KeyDescription, KeyState } from '../ports/keys';

const TRANSITIONAL_STATES: readonly KeyState[] = ['Creating', 'Updating', 'Unavailable'];
const DELETION_STATES: readonly KeyState[] = ['PendingDeletion', 'PendingReplicaDeletion'];
const IMPORTABLE_STATES = 'Enabled, Disabled, PendingImport';

/** Refuses a key into which no symmetric key material can be imported. */
export function assertImportable(key: KeyDescription): void {
  if (key.origin !== 'EXTERNAL') {
    throw refusal(key, 'key generates its own key material', `origin ${key.origin}`, 'origin EXTERNAL', 'use a key of ImportedMaterialKey');
  }
  if (key.keySpec !== 'SYMMETRIC_DEFAULT') {
    throw refusal(key, 'key is not symmetric', key.keySpec, 'SYMMETRIC_DEFAULT', 'use a key of ImportedMaterialKey');
  }
  if (DELETION_STATES.includes(key.state)) {
    const remedy = 'cancel the deletion and enable the key, or remove the resource';
    throw refusal(key, 'key is pending deletion', key.state, IMPORTABLE_STATES, remedy);
  }
  if (TRANSITIONAL_STATES.includes(key.state)) {
    throw new Failure(ErrorName.KEY_NOT_READY, {
      where: key.keyArn,
      what: 'key is not ready for an import of key material',
      given: key.state,
      allowed: IMPORTABLE_STATES,
      remedy: 'deploy again later',
    });
  }
}

/** New key material becomes current by a rotation on demand, and KMS rotates enabled keys only. */
export function assertRotatable(key: KeyDescription): void {
  if (key.state !== 'Disabled') return;
  const what = 'new key material cannot become current while the key is disabled';
  throw refusal(key, what, key.state, 'Enabled', 'enable the key and deploy again');
}

/**
 * Whether the key has its key material. An administrator may have disabled it on purpose, so it is not enabled here.
 */
export function isEnabledOrDisabled(key: KeyDescription): boolean {
  return key.state === 'Enabled' || key.state === 'Disabled';
}

function refusal(key: KeyDescription, what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where: key.keyArn, what, given, allowed, remedy });
}
