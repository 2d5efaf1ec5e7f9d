import { join, resolve } from 'node:path';

/** The folder of the project. */
export const ROOT = resolve(__dirname, '..', '..');

/** The same app in each language, with a folder for each. */
export const APPS = join(ROOT, 'languages', 'apps');
