import { createHash } from 'node:crypto';
import { preconditionFailed } from './errors';

/** One object: bytes that never change, until others are put in their place. */
export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  /** Quoted, as it travels. */
  readonly etag: string;
  readonly lastModified: Date;
}

export interface ObjectPage {
  readonly keys: readonly string[];
  /** Absent at the end. */
  readonly lastKey?: string;
}

/** The objects of one bucket. */
export class Bucket {
  private readonly byKey = new Map<string, StoredObject>();

  public get objects(): ReadonlyMap<string, StoredObject> {
    return this.byKey;
  }

  /** With `onlyIfNew` an object that exists stays as it is. */
  public put(key: string, { body, contentType, now, onlyIfNew }: { body: Buffer; contentType: string; now: Date; onlyIfNew: boolean }): StoredObject {
    if (onlyIfNew && this.byKey.has(key)) throw preconditionFailed('If-None-Match');
    const object = { body, contentType, etag: `"${createHash('md5').update(body).digest('hex')}"`, lastModified: now };
    this.byKey.set(key, object);
    return object;
  }

  /** The next keys below a prefix, in the order of their UTF-8 bytes. */
  public page(prefix: string, after: string | undefined, most: number): ObjectPage {
    const keys = [...this.byKey.keys()].filter((key) => key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0)).sort(byBytes);
    const page = keys.slice(0, most);
    return { keys: page, lastKey: keys.length > page.length ? page.at(-1) : undefined };
  }
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
