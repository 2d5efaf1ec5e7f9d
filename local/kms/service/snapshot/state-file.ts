import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Snapshot } from './snapshot';
import { Failure } from '../../../../lambda/runtime/failure';
import { ErrorName } from '../../../../src/contract/error-names';

/** The contents are key material: for the owner's eyes only. */
const OWNER_ONLY = 0o600;

/** What stands in the file, or nothing when there is none yet. */
export async function readStateFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw trouble(path, `cannot read the state file (${(error as NodeJS.ErrnoException).code})`, 'give the path of a file that may be read and written', error);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw trouble(path, 'the state file is not JSON', 'give another file, or remove this one to begin anew', error);
  }
}

/** Writes the whole file beside the old one first, and then puts it in its place: whoever reads sees one or the other, never a half. */
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
    throw trouble(path, `cannot write the state file (${(error as NodeJS.ErrnoException).code})`, 'give the path of a file that may be written', error);
  }
}

function trouble(where: string, what: string, remedy: string, cause: unknown): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, { where, what, remedy }, cause);
}
