import { areLabelsNearlyUsed } from './free-labels';
import { keyThatMayBeDeleted, placeOf } from './pin-labels';
import { Failure } from '../../src/contract/failure';
import type { Clock } from '../ports/clock';
import type { KeyFamilyPort } from '../ports/key-family';
import type { SecretLabel, SecretPort } from '../ports/key-material';
import type { Log } from '../runtime/log';

interface RemovalPorts {
  readonly secrets: SecretPort;
  readonly kms: Pick<KeyFamilyPort, 'listKeyIds' | 'isUnknownKey'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Labels of versions that a rotation of the secret works with. Our labels on such a version stay. */
const IN_USE = ['AWSCURRENT', 'AWSPENDING'];

/**
 * Removes the staging labels of deleted keys, if the labels of a secret are nearly used up: a secret has 20, and every
 * generation needs one for as long as its key exists.
 *
 * Secrets Manager may delete a version without a label, and its key material cannot be restored after that. A label is
 * therefore removed only if KMS has answered for its account and Region that the key does not exist, and does not list
 * it. Every other answer keeps the label. It can be repeated and stopped anywhere: each label is independent.
 *
 * @param keyArn the key that needs a label next. Labels of its account and Region are considered.
 */
export async function removeLabelsOfDeletedKeys(secretArn: string, keyArn: string, ports: RemovalPorts): Promise<void> {
  const labels = await ports.secrets.listLabels(secretArn);
  if (!areLabelsNearlyUsed(labels)) return;
  const inUse = new Set(labels.filter(({ label }) => IN_USE.includes(label)).map(({ versionId }) => versionId));
  const candidates = labels.flatMap((label) => {
    const keyId = keyThatMayBeDeleted(label.label, placeOf(keyArn), ports.clock.now());
    return keyId === undefined || inUse.has(label.versionId) ? [] : [{ ...label, keyId }];
  });
  if (candidates.length === 0) return;
  const existing = new Set(await ports.kms.listKeyIds());
  for (const { keyId, ...label } of candidates) {
    if (!existing.has(keyId)) await removeIfDeleted(secretArn, label, keyId, ports);
  }
}

/** A failure keeps the label: the import can continue if another label is left, and requires one if none is. */
async function removeIfDeleted(secretArn: string, { label, versionId }: SecretLabel, keyId: string, ports: RemovalPorts): Promise<void> {
  const fields = { secretArn, secretVersionId: versionId, label, keyId };
  try {
    if (!await ports.kms.isUnknownKey(keyId)) return;
    await ports.secrets.removeLabel(secretArn, versionId, label);
    ports.log.info('secret-label-removed', { ...fields, reason: 'the key is deleted' });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ports.log.warn('secret-label-kept', { ...fields, reason: error.message });
  }
}
