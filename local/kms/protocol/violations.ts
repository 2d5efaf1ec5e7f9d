import { validation, type KmsError } from './errors';

/** The violations of a request, collected over all its members and returned in one error, as in AWS. */
export class Violations {
  private readonly found: string[] = [];

  public add(subject: string, path: string, rule: string): void {
    this.found.push(`${subject} at '${path}' failed to satisfy constraint: Member must ${rule}`);
  }

  /** The error for all violations, or `undefined`. */
  public toError(): KmsError | undefined {
    if (this.found.length === 0) return undefined;
    const noun = this.found.length === 1 ? 'error' : 'errors';
    return validation(`${this.found.length} validation ${noun} detected: ${this.found.join('; ')}`);
  }
}
