import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from 'node:crypto';

/** A class whose objects a graph may hold: they are written by their own properties. */
export type KeptClass = abstract new (...given: never[]) => object;

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/**
 * Names with this prefix belong to the format; objects with such names of the user are written as a list of entries.
 */
const OWN_NAME = /^\$/;

/**
 * Writes objects as JSON, whatever fields they have, so that a new field is kept without a change here.
 *
 * Values that JSON cannot express are marked: `$class`, `$map`, `$set`, `$date`, `$bytes`, `$key`, `$number`,
 * `$entries`. An object to which several others refer is written once, with an `$id`, and then referred to by `$ref`:
 * after reading they share it again.
 */
export function writeGraph(value: unknown, classes: readonly KeptClass[]): Json {
  const shared = sharedObjects(value);
  const written = new Map<object, number>();

  function write(each: unknown): Json {
    if (typeof each === 'number' && !Number.isFinite(each)) return { $number: String(each) };
    if (each === null || typeof each === 'boolean' || typeof each === 'number' || typeof each === 'string') return each;
    if (typeof each !== 'object') throw new Error(`a ${typeof each} cannot be kept in a snapshot`);
    const known = written.get(each);
    if (known !== undefined) return { $ref: known };
    if (!shared.has(each)) return writeObject(each);
    const id = written.size + 1;
    written.set(each, id);
    // An array cannot hold an id of its own.
    return Array.isArray(each) ? { $id: id, $list: each.map(write) } : { $id: id, ...writeObject(each) as JsonObject };
  }

  function writeObject(each: object): Json {
    if (Array.isArray(each)) return each.map(write);
    if (each instanceof Map) return { $map: [...each].map(([key, entry]) => [write(key), write(entry)]) };
    if (each instanceof Set) return { $set: [...each].map(write) };
    if (each instanceof Date) return { $date: each.getTime() };
    if (Buffer.isBuffer(each)) return { $bytes: each.toString('base64') };
    if (each instanceof KeyObject) return { $key: each.type, $bytes: bytesOf(each) };
    const entries = Object.entries(each).filter(([, entry]) => entry !== undefined);
    const fields = (): JsonObject => Object.fromEntries(entries.map(([name, entry]) => [name, write(entry)]));
    const prototype = Object.getPrototypeOf(each) as object | null;
    if (prototype !== null && prototype !== Object.prototype) {
      const kept = classes.find((candidate) => candidate.prototype === prototype);
      if (kept === undefined) throw new Error(`objects of ${prototype.constructor.name} cannot be kept in a snapshot`);
      return { $class: kept.name, ...fields() };
    }
    if (entries.some(([name]) => OWN_NAME.test(name) || name === '__proto__')) {
      return { $entries: entries.map(([name, entry]) => [name, write(entry)]) };
    }
    return fields();
  }

  return write(value);
}

/** Reads a graph that `writeGraph` has written. */
export function readGraph(json: unknown, classes: readonly KeptClass[]): unknown {
  const byId = new Map<number, object>();

  function read(each: Json): unknown {
    if (typeof each !== 'object' || each === null) return each;
    if (Array.isArray(each)) return each.map(read);
    if ('$ref' in each) return known(each.$ref as number);
    if ('$number' in each) return Number(each.$number);
    const created = create(each);
    // Registered before it is filled: its members may refer to it.
    if ('$id' in each) byId.set(each.$id as number, created);
    fill(created, each);
    return created;
  }

  function known(id: number): object {
    const found = byId.get(id);
    if (found === undefined) throw new Error(`refers to object ${id}, which does not exist`);
    return found;
  }

  function create(each: JsonObject): object {
    if ('$list' in each) return [];
    if ('$map' in each) return new Map();
    if ('$set' in each) return new Set();
    if ('$date' in each) return new Date(each.$date as number);
    if ('$key' in each) return keyOf(each.$key as string, each.$bytes as string);
    if ('$bytes' in each) return Buffer.from(each.$bytes as string, 'base64');
    if (!('$class' in each)) return {};
    const kept = classes.find(({ name }) => name === each.$class);
    if (kept === undefined) throw new Error(`holds an object of ${String(each.$class)}, which is an unknown class`);
    return Object.create(kept.prototype as object) as object;
  }

  function fill(created: object, each: JsonObject): void {
    if (Array.isArray(created)) created.push(...(each.$list as Json[]).map(read));
    if (created instanceof Map) for (const [key, entry] of each.$map as [Json, Json][]) created.set(read(key), read(entry));
    if (created instanceof Set) for (const entry of each.$set as Json[]) created.add(read(entry));
    // A marked object has no fields beside its marks, except objects of classes.
    const entries = '$entries' in each ? each.$entries as [string, Json][] : Object.entries(each).filter(([name]) => !OWN_NAME.test(name));
    for (const [name, entry] of entries) {
      Object.defineProperty(created, name, { value: read(entry), writable: true, enumerable: true, configurable: true });
    }
  }

  return read(json as Json);
}

/** The objects to which more than one other object refers. */
function sharedObjects(root: unknown): ReadonlySet<object> {
  const [met, shared] = [new Set<object>(), new Set<object>()];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (met.has(value)) {
      shared.add(value);
      return;
    }
    met.add(value);
    if (value instanceof KeyObject || value instanceof Date || Buffer.isBuffer(value)) return;
    if (value instanceof Map) for (const entry of value) entry.forEach(visit);
    else if (value instanceof Set) value.forEach(visit);
    else Object.values(value).forEach(visit);
  };
  visit(root);
  return shared;
}

function bytesOf(key: KeyObject): string {
  const bytes = key.type === 'secret' ? key.export()
    : key.type === 'private' ? key.export({ type: 'pkcs8', format: 'der' }) : key.export({ type: 'spki', format: 'der' });
  const text = bytes.toString('base64');
  bytes.fill(0);
  return text;
}

function keyOf(type: string, text: string): KeyObject {
  const bytes = Buffer.from(text, 'base64');
  const key = type === 'secret' ? createSecretKey(bytes)
    : type === 'private' ? createPrivateKey({ key: bytes, type: 'pkcs8', format: 'der' })
      : createPublicKey({ key: bytes, type: 'spki', format: 'der' });
  bytes.fill(0);
  return key;
}
