import type { Clock } from '../../ports/clock';
import type { EvidencePort } from '../../ports/evidence';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { Log } from '../../runtime/log';

/** Ports of what makes keys usable again. None of these calls disables or deletes a key. */
export interface ReversalPorts {
  readonly kms: Pick<
    KeyFamilyPort,
    'listAliases' | 'listKeyIds' | 'listTags' | 'describeKey' | 'cancelKeyDeletion' | 'enableKey' | 'tagKey'
  >;
  readonly evidence: Pick<EvidencePort, 'list' | 'read'>;
  readonly clock: Clock;
  readonly log: Log;
}
