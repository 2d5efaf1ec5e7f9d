import type { Clock, KeyFamilyPort, KeyMaterialPort, SecretPort } from '../ports';
import type { Log } from '../runtime/log';

/** Who is rotating at this moment. */
export interface RunsPort {
  /** Runs that have started and not ended, whatever they are doing. */
  activeRuns(): Promise<string[]>;
}

/** What the control role works with. It manages keys and aliases; it re-encrypts nothing. */
export interface ControlPorts {
  readonly kms: KeyFamilyPort;
  readonly material: KeyMaterialPort;
  readonly secret: SecretPort;
  readonly runs: RunsPort;
  readonly clock: Clock;
  readonly log: Log;
}
