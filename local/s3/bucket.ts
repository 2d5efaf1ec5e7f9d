import { createHash } from 'node:crypto';
import { preconditionFailed } from './errors';

/** One object. A put replaces it as a whole. */
export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string;
  /** With quotes, as in the response. */
  readonly etag: string;
  readonly lastModified: Date;
}

export interface ObjectPage {
  readonly keys: readonly string[];
  /** Only if more keys follow. */
  readonly lastKey?: string;
}

/** The objects of one bucket. */
export class Bucket {
  private readonly byKey = new Map<string, StoredObject>();

  public get objects(): ReadonlyMap<string, StoredObject> {
    return this.byKey;
  }

  /** Creates or replaces an object. With `onlyIfNew` it fails if the object exists. */
  public put(
    key: string, { body, contentType, now, onlyIfNew }: { body: Buffer; contentType: string; now: Date; onlyIfNew: boolean },
  ): StoredObject {
    if (onlyIfNew && this.byKey.has(key)) throw preconditionFailed('If-None-Match');
    const object = { body, contentType, etag: `"${createHash('md5').update(body).digest('hex')}"`, lastModified: now };
    this.byKey.set(key, object);
    return object;
  }

  /** Returns the next keys with a prefix, in the order of their UTF-8 bytes. */
  public page(prefix: string, after: string | undefined, maxKeys: number): ObjectPage {
    const isNext = (key: string) => key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0);
    const keys = [...this.byKey.keys()].filter(isNext).sort(byBytes);
    const page = keys.slice(0, maxKeys);
    return { keys: page, lastKey: keys.length > page.length ? page.at(-1) : undefined };
  }
}

function byBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
