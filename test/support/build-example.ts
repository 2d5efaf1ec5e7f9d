import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, type App } from 'aws-cdk-lib';
import { EXAMPLES_FOLDER } from './examples';

/** Builds the stacks of an example in an app of the test: the classes that its files `*-stack.ts` export. */
export function buildExample(example: string, app: App): Stack[] {
  const files = readdirSync(join(EXAMPLES_FOLDER, example)).filter((file) => file.endsWith('-stack.ts'));
  const modules = files.map((file) => jest.requireActual<object>(join(EXAMPLES_FOLDER, example, file)));
  const exported = modules.flatMap((module): [string, unknown][] => Object.entries(module));
  return exported.flatMap(([name, value]) => (isStackClass(value) ? new value(app, name) : []));
}

function isStackClass(value: unknown): value is new (app: App, id: string) => Stack {
  return typeof value === 'function' && value.prototype instanceof Stack;
}
