import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { isRecord } from '../../src/contract/policies/readable-value';

/** A template of CloudFormation, as far as it says who may do what. */
export interface Template {
  readonly Resources: { readonly [logicalId: string]: TemplateResource };
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: unknown };
  /** The condition of the template under which there is such a resource. */
  readonly Condition?: string;
}

/** Reads the text of a template, as `cdk synth` writes it. Anything else is a `Failure` that says what is wrong. */
export function parseTemplate(file: string, text: string): Template {
  const parsed = parseJson(file, text);
  if (!isRecord(parsed) || !isRecord(parsed.Resources) || !Object.values(parsed.Resources).every(isResource)) {
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: 'file is no template of CloudFormation',
      given: isRecord(parsed) ? `an object with ${Object.keys(parsed).slice(0, 5).join(', ') || 'nothing in it'}` : 'JSON that is no object',
      allowed: 'an object whose Resources each have a Type',
      remedy: 'name a *.template.json that cdk synth has written',
    });
  }
  return parsed as unknown as Template;
}

/** The resources of some types, by logical id. */
export function resourcesOf(template: Template, types: readonly string[]): [string, TemplateResource][] {
  return Object.entries(template.Resources).filter(([, { Type }]) => types.includes(Type));
}

function parseJson(file: string, text: string): unknown {
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

function isResource(value: unknown): boolean {
  return isRecord(value) && typeof value.Type === 'string' && (value.Properties === undefined || isRecord(value.Properties));
}
