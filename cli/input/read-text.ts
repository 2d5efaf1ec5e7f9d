import { readFileSync } from 'node:fs';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** The text of a file, without the byte order mark that PowerShell writes. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: `template cannot be read (${(error as NodeJS.ErrnoException).code})`,
      remedy: 'name a *.template.json that cdk synth has written to cdk.out',
    }, error);
  }
}
