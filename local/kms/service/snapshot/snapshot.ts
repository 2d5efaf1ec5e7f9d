import { readGraph, writeGraph, type KeptClass } from './object-graph';
import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';
import { KeyStore, KeyStores } from '../../model/keys/key-store';
import { KeyMaterials } from '../../model/material/key-material';
import { MaterialHistory } from '../../model/material/material-history';

/** The whole state of a local KMS, as JSON. */
export interface Snapshot {
  /** The first member, so that a reader of the file sees it first. */
  readonly warning: string;
  readonly schema: string;
  readonly version: number;
  /** The virtual clock, in ISO 8601. */
  readonly clock: string;
  /** Accounts and Regions with their keys and aliases. */
  readonly stores: unknown;
}

const WARNING = 'This file holds key material in the clear. '
  + 'Every reader of this file can decrypt all data that was encrypted under these keys.';
const SCHEMA = 'cdk-kms-lifecycle local KMS';
/** Increases when an older program could not read the new form, or a newer one not the old form. */
const VERSION = 1;

/**
 * The classes of the state. Every class whose objects become part of the state must be in this list. State files name
 * these classes.
 */
const CLASSES: readonly KeptClass[] = [KeyStores, KeyStore, KeyMaterials, MaterialHistory];

export function takeSnapshot(stores: KeyStores, now: Date): Snapshot {
  return { warning: WARNING, schema: SCHEMA, version: VERSION, clock: now.toISOString(), stores: writeGraph(stores, CLASSES) };
}

/**
 * Reads a snapshot.
 *
 * @param where how errors name the snapshot: the name of its file, for example
 */
export function readSnapshot(given: unknown, where: string): { stores: KeyStores; clock: Date } {
  const { schema, version, clock, stores } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Snapshot>;
  if (schema !== SCHEMA) throw unreadable(where, 'is not a snapshot of the local KMS', String(schema ?? 'no schema'), SCHEMA);
  if (version !== VERSION) {
    throw unreadable(where, 'the snapshot has a version that this program does not read', String(version), String(VERSION));
  }
  const moment = new Date(clock ?? '');
  if (Number.isNaN(moment.getTime())) {
    throw unreadable(where, 'the snapshot has no clock', String(clock), 'a time, such as 2026-01-01T00:00:00.000Z');
  }
  try {
    const read = readGraph(stores, CLASSES);
    if (read instanceof KeyStores) return { stores: read, clock: moment };
  } catch (error) {
    throw unreadable(where, `the snapshot is damaged: it ${(error as Error).message}`, undefined, undefined, error);
  }
  throw unreadable(where, 'the snapshot is damaged: it holds no stores of keys');
}

function unreadable(where: string, what: string, given?: string, allowed?: string, cause?: unknown): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where, what, given, allowed, remedy: 'use a snapshot that this version of the local KMS has written, or start without one',
  }, cause);
}
