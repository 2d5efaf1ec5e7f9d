import { compare, type Comparison } from '../../../cli/compare/compare';
import { parseTemplate } from '../../../cli/explain/template';
import { aTemplate, DELEGATED_TO_IAM, FILE } from '../explain/a-template';

/** Each template as text, by file. */
export type App = { readonly [file: string]: string };

/** A template without a key. */
export function withoutKey(Resources: object, others: object = {}): string {
  return JSON.stringify({ ...others, Resources });
}

/** A template with a key, whose policy names a principal that may decrypt. */
export function keyFor(principal: unknown, resources: object = {}, others: object = {}): string {
  const statement = { Effect: 'Allow', Principal: { AWS: principal }, Action: 'kms:Decrypt', Resource: '*' };
  const template = JSON.parse(aTemplate(resources, { Statement: [DELEGATED_TO_IAM, statement] })) as object;
  return JSON.stringify({ ...template, ...others });
}

export function aRoleWith(Properties: object): object {
  return { Type: 'AWS::IAM::Role', Properties };
}

export function trustIn(...services: string[]): object {
  return {
    AssumeRolePolicyDocument: {
      Statement: services.map((Service) => ({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' })),
    },
  };
}

export function comparedApps(old: App, now: App): Comparison {
  const templates = (app: App) => Object.entries(app).map(([file, text]) => ({ file, template: parseTemplate(file, text) }));
  return compare(templates(old), templates(now));
}

export function comparedTemplates(old: string, now: string): Comparison {
  return compare([{ template: parseTemplate(FILE, old) }], [{ template: parseTemplate(FILE, now) }]);
}

/** The undecided changes as text. Each counts as broadening, and an app compared with itself has none. */
export function undecidedIn(old: App, now: App): string[] {
  expect(comparedApps(now, now)).toMatchObject({ broadened: false, narrowed: false, undecided: [] });
  const { broadened, undecided } = comparedApps(old, now);
  if (undecided.length > 0) expect(broadened).toBe(true);
  return undecided.map(({ file, where, reason }) => `${file}, ${where}: ${reason}`);
}
