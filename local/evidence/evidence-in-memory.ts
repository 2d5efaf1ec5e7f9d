import type { EvidencePort } from '../../lambda/ports';
import type { QuarantineEvidence, ShardEvidence } from '../../src/contract/evidence';

/** An evidence bucket for laptops and tests: the same key overwrites, as in Amazon S3. */
export class EvidenceInMemory implements EvidencePort {
  private readonly objects = new Map<string, string>();

  public async write(key: string, evidence: ShardEvidence | QuarantineEvidence): Promise<void> {
    this.objects.set(key, JSON.stringify(evidence));
  }

  public async readCounts(prefix: string): Promise<ShardEvidence[]> {
    return this.keys()
      .filter((key) => key.startsWith(prefix) && key.endsWith('.counts.json'))
      .map((key) => this.read<ShardEvidence>(key));
  }

  /** One quarantine object, for people; `sumPass` says which ones there are. */
  public async readQuarantine(key: string): Promise<QuarantineEvidence> {
    return this.read<QuarantineEvidence>(key);
  }

  /** Which objects there are, in order. */
  public keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  private read<T>(key: string): T {
    return JSON.parse(this.objects.get(key) as string) as T;
  }
}
