import { validation, type KmsError } from './errors';

/** What a request breaks, gathered over all its members and told in one answer as AWS does. */
export class Violations {
  private readonly found: string[] = [];

  public add(subject: string, path: string, rule: string): void {
    this.found.push(`${subject} at '${path}' failed to satisfy constraint: Member must ${rule}`);
  }

  /** The one error for everything found, or nothing. */
  public toError(): KmsError | undefined {
    if (this.found.length === 0) return undefined;
    const noun = this.found.length === 1 ? 'error' : 'errors';
    return validation(`${this.found.length} validation ${noun} detected: ${this.found.join('; ')}`);
  }
}
