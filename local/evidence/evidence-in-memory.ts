import type { EvidencePort } from '../../lambda/ports/evidence';

/** Evidence bucket in memory, for tests. An object is written once, as by a conditional write in Amazon S3. */
export class EvidenceInMemory implements EvidencePort {
  private readonly objects = new Map<string, string>();

  public async writeOnce(key: string, content: object): Promise<'written' | 'exists'> {
    if (this.objects.has(key)) return 'exists';
    this.objects.set(key, JSON.stringify(content));
    return 'written';
  }

  public async read<T>(key: string): Promise<T | undefined> {
    const content = this.objects.get(key);
    return content === undefined ? undefined : JSON.parse(content) as T;
  }

  public async list(prefix: string, after = ''): Promise<string[]> {
    return this.keys().filter((key) => key.startsWith(prefix) && key > after);
  }

  /** Returns the keys of all objects, sorted. */
  public keys(): string[] {
    return [...this.objects.keys()].sort();
  }
}
