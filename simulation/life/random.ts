import { createHash } from 'node:crypto';

/**
 * Random numbers for one purpose. Each purpose of a seed has a stream of its own: another number of draws for one
 * purpose changes nothing of the others, so that a life can be shrunk piece by piece.
 */
export class Stream {
  private draws = 0;

  public constructor(private readonly seed: number, private readonly purpose: string) {}

  /** From 0 to below 1. */
  public next(): number {
    this.draws += 1;
    return createHash('sha256').update(`${this.seed}/${this.purpose}/${this.draws}`).digest().readUIntBE(0, 6) / 2 ** 48;
  }

  /** A whole number, both limits included. */
  public whole(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  public pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)] as T;
  }

  public chance(probability: number): boolean {
    return this.next() < probability;
  }
}
