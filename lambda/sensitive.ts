import { inspect } from 'node:util';

const REDACTED = '[redacted]';

/**
 * Key material in plaintext. It prints, serializes and inspects as `[redacted]`, and is overwritten after its use.
 *
 * JavaScript cannot promise that no copy remains in memory; it can promise that none is printed, sent or stored.
 */
export class Sensitive {
  readonly #bytes: Buffer;

  /** Wraps the given array without a copy: that array is wiped. */
  public constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  public get length(): number {
    return this.#bytes.length;
  }

  /** Passes the key material to one use, and wipes it afterwards, also if the use fails. */
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
