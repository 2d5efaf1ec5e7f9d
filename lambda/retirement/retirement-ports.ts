import type { Clock } from '../ports/clock';
import type { EvidencePort } from '../ports/evidence';
import type { RetirementKeyPort } from '../ports/key-family';
import type { Log } from '../runtime/log';

/**
 * Ports of the retirement function. Its role disables and deletes keys. It cannot write key policies, and it has no
 * access to the stores.
 */
export interface RetirementPorts {
  readonly kms: RetirementKeyPort;
  readonly evidence: EvidencePort;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}
