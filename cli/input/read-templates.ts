import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { readText } from './read-text';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { parseTemplate, type NamedTemplate } from '../explain/template';

/** Beginning of the name of a directory that the CDK uploads as it is. A template in it is not that of a stack. */
const ASSET = 'asset.';

/** The template of a file, or every template of a directory that `cdk synth` has written. */
export function readTemplates(path: string): NamedTemplate[] {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isDirectory) return [{ template: parseTemplate(path, readText(path)) }];
  return filesIn(path)
    .filter((file) => file.endsWith('.template.json') && !file.split(sep).some((name) => name.startsWith(ASSET)))
    .sort()
    .map((file) => ({ file, template: parseTemplate(join(path, file), readText(join(path, file))) }));
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: (error as NodeJS.ErrnoException).path ?? directory,
      what: `directory cannot be read (${(error as NodeJS.ErrnoException).code})`,
      remedy: 'name the output directory of cdk synth, cdk.out by default',
    }, error);
  }
}
