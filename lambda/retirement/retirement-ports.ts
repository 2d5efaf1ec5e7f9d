import type { Clock, EvidencePort, RetirementKeyPort } from '../ports';
import type { Log } from '../runtime/log';

/** What the retirement role works with. It disables and deletes, and writes no policy; the stores it never sees. */
export interface RetirementPorts {
  readonly kms: RetirementKeyPort;
  readonly evidence: EvidencePort;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}
