import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Snapshot } from './snapshot';
import { ErrorName } from '../../../../src/contract/error-names';
import { Failure } from '../../../../src/contract/failure';

/** The file holds key material: only its owner may read it. */
const OWNER_ONLY = 0o600;

/** The contents of the file, or `undefined` if it does not exist yet. */
export async function readStateFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const { code } = error as NodeJS.ErrnoException;
    throw stateFileFailure(path, `cannot read the state file (${code})`, 'give the path of a file that may be read and written', error);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw stateFileFailure(path, 'the state file is not JSON', 'give another file, or delete this one to start without keys', error);
  }
}

/**
 * Writes a new file beside the old one first, and then replaces the old one: a reader sees either of them, never a
 * partial file.
 */
export async function writeStateFile(path: string, snapshot: Snapshot): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    const file = await open(beside, 'w', OWNER_ONLY);
    try {
      await file.writeFile(`${JSON.stringify(snapshot, undefined, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw stateFileFailure(path, `cannot write the state file (${code})`, 'give the path of a file that may be written', error);
  }
}

function stateFileFailure(where: string, what: string, remedy: string, cause: unknown): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where, what, remedy }, cause);
}
