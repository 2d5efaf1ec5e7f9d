import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * Bytes of a key. They print, serialise and inspect as `[redacted]`, and are overwritten when their use is over.
 *
 * JavaScript cannot promise that no copy remains in memory; it can promise that none is printed, sent or stored.
 */
export class Sensitive {
  readonly #bytes: Buffer;

  /** Takes the bytes over: the array given is the one that is wiped. */
  public constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  public get length(): number {
    return this.#bytes.length;
  }

  /** Hands the bytes to one use, and wipes them afterwards whatever happens. */
  public async useOnce<T>(use: (bytes: Buffer) => T | Promise<T>): Promise<T> {
    try {
      return await use(this.#bytes);
    } finally {
      this.wipe();
    }
  }

  public wipe(): void {
    this.#bytes.fill(0);
  }

  public toString(): string {
    return REDACTED;
  }

  public toJSON(): string {
    return REDACTED;
  }

  public [inspect.custom](): string {
    return REDACTED;
  }
}
