import type { Clock } from '../ports/clock';
import type { EvidencePort } from '../ports/evidence';
import type { KeyFamilyPort } from '../ports/key-family';
import type { KeyMaterialPort, SecretPort } from '../ports/key-material';
import type { MachinesPort } from '../ports/machines';
import type { Log } from '../runtime/log';

/** Ports of the control role. It manages keys, aliases and policies, and starts what is due. It re-encrypts nothing. */
export interface ControlPorts {
  readonly kms: KeyFamilyPort;
  readonly material: KeyMaterialPort;
  readonly secret: SecretPort;
  readonly machines: MachinesPort;
  readonly evidence: EvidencePort;
  readonly clock: Clock;
  readonly log: Log;
}
