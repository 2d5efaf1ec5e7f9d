import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { isRecord } from '../../src/contract/policies/readable-value';

/** The part of a CloudFormation template that determines access. */
export interface Template {
  readonly Resources: { readonly [logicalId: string]: TemplateResource };
  readonly Parameters?: { readonly [name: string]: unknown };
  readonly Mappings?: { readonly [name: string]: unknown };
  readonly Conditions?: { readonly [name: string]: unknown };
  readonly Outputs?: { readonly [logicalId: string]: unknown };
}

/** A template, and its path in a directory. */
export interface NamedTemplate {
  readonly file?: string;
  readonly template: Template;
}

/** In place of a template that does not exist. */
export const EMPTY_TEMPLATE: Template = { Resources: {} };

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: unknown };
  /** The condition of the template under which the resource is created. */
  readonly Condition?: string;
}

/** Parses the text of a template that `cdk synth` has written. Throws a `Failure` if it is not a template. */
export function parseTemplate(file: string, text: string): Template {
  const parsed = withResources(parseJson(file, text));
  if (!isRecord(parsed) || !isRecord(parsed.Resources) || !Object.values(parsed.Resources).every(isResource)) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: 'file is not a CloudFormation template',
      given: isRecord(parsed) ? `an object with ${membersOf(parsed) || 'no members'}` : 'JSON that is not an object',
      allowed: 'an object with Resources, each of which has a Type',
      remedy: 'name a *.template.json that cdk synth has written',
    });
  }
  return parsed as unknown as Template;
}

/** Sections of a template besides its resources. */
const SECTIONS = [
  'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions', 'Transform', 'Outputs',
];

/** The AWS CDK writes no `Resources` for a stack without resources. */
function withResources(parsed: unknown): unknown {
  if (!isRecord(parsed) || parsed.Resources !== undefined) return parsed;
  const members = Object.keys(parsed);
  return members.length > 0 && members.every((member) => SECTIONS.includes(member)) ? { ...parsed, Resources: {} } : parsed;
}

/** The resources of some types, by logical id. */
export function resourcesOf(template: Template, types: readonly string[]): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
}

function parseJson(file: string, text: string): unknown {
  if (text.trim() === '') {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file, what: 'file is empty', remedy: 'synthesize the stack with cdk synth and name the *.template.json in cdk.out',
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: `file is not JSON (${(error as Error).message})`,
      remedy: 'synthesize the stack with cdk synth and name the *.template.json in cdk.out',
    }, error);
  }
}

function membersOf(object: object): string {
  return Object.keys(object).slice(0, 5).join(', ');
}

function isResource(value: unknown): boolean {
  return isRecord(value) && typeof value.Type === 'string' && (value.Properties === undefined || isRecord(value.Properties));
}
