import type { Clock, EvidencePort, KeyFamilyPort, KeyMaterialPort, MachinesPort, SecretPort } from '../ports';
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
