import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readText } from './read-text';
import { parseTemplate } from '../explain/template';
import type { NamedTemplate } from '../pairs/named-template';

/** The template of a file, or every template of a directory that `cdk synth` has written. */
export function readTemplates(path: string): NamedTemplate[] {
  const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isDirectory) return [{ template: parseTemplate(path, readText(path)) }];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .sort()
    .map((file) => ({ file, template: parseTemplate(join(path, file), readText(join(path, file))) }));
}
