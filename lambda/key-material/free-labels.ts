import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { METRIC_NAMESPACE, SECRET_DIMENSION, SecretMetric } from '../../src/contract/family/family-metrics';
import { SECRET_LABELS } from '../../src/contract/limits';
import type { Clock } from '../ports/clock';
import type { SecretLabel, SecretPort } from '../ports/key-material';
import type { Log } from '../runtime/log';

/**
 * From this number of labels on, those of deleted keys are removed. If that leaves as many, an operator is warned: the
 * next secret or the removal of labels takes time.
 */
const WARN_FROM = 15;

export function areLabelsNearlyUsed(labels: readonly SecretLabel[]): boolean {
  return labels.length >= WARN_FROM;
}

/**
 * Fails unless the secret has room for one more staging label, before any key material is imported from it: every
 * imported version gets a label, and without one Secrets Manager may delete the version, so that the key material could
 * never be imported again.
 */
export async function requireFreeLabel(
  secretArn: string, { secrets, log, clock }: { readonly secrets: SecretPort; readonly log: Log; readonly clock: Pick<Clock, 'now'> },
): Promise<void> {
  const labels = await secrets.listLabels(secretArn);
  const remedy = 'remove the staging labels cdk-kms-lifecycle/... that name KMS keys that are deleted (UpdateSecretVersionStage), '
    + 'or store new key material in another secret';
  if (!areLabelsNearlyUsed(labels)) return;
  log.warn('secret-labels-nearly-used', { secretArn, labels: labels.length, allowed: SECRET_LABELS, remedy });
  log.measure({
    namespace: METRIC_NAMESPACE,
    dimensions: { [SECRET_DIMENSION]: secretArn },
    values: { [SecretMetric.STAGING_LABELS]: labels.length },
    at: clock.now(),
  });
  if (labels.length < SECRET_LABELS) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `secret ${secretArn}`,
    what: 'the secret has no staging label left for another version, so its key material is not imported',
    given: `${labels.length} labels`,
    allowed: `at most ${SECRET_LABELS} in all versions of a secret`,
    remedy,
  });
}
