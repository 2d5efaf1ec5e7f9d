import { readFileSync } from 'node:fs';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** The text of a file, without the byte order mark that PowerShell writes. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: code === 'ENOENT' ? 'file does not exist' : `file cannot be read (${code})`,
      remedy: 'synthesize the app with cdk synth and name a *.template.json in cdk.out, or cdk.out itself',
    }, error);
  }
}
