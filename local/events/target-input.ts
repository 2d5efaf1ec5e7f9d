import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { JsonPath } from '../step-functions/definition/json-path';

/**
 * The input of a target, as `AWS::Events::Rule` declares it: at most one of the three. Without any, the input is the
 * whole event.
 */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: { readonly [name: string]: string }; readonly InputTemplate: string };
}

const PLACEHOLDER = /<([\w.-]+)>/g;

/** Returns the payload of a target for one event. */
export function targetInput({ Input, InputPath, InputTransformer }: TargetInput, event: unknown): unknown {
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) {
    throw invalidInput('more than one input is declared', '');
  }
  if (Input !== undefined) return JSON.parse(Input);
  if (InputPath !== undefined) return find(InputPath, event);
  if (InputTransformer === undefined) return event;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const values = new Map(Object.entries(InputPathsMap).map(([name, path]) => [name, find(path, event)]));
  return parse(fill(InputTemplate, values), InputTemplate);
}

/** Replaces each placeholder: within a text by the value as text, elsewhere by the value as JSON. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  return template.replace(PLACEHOLDER, (placeholder, name: string, offset: number) => {
    if (!values.has(name)) throw invalidInput('placeholder has no path in InputPathsMap', placeholder);
    const value = values.get(name);
    if (!isWithinText(template.slice(0, offset))) return JSON.stringify(value);
    return JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value)).slice(1, -1);
  });
}

function isWithinText(before: string): boolean {
  const quotes = before.replace(/\\./g, '').split('"').length - 1;
  return quotes % 2 === 1;
}

function parse(filled: string, template: string): unknown {
  try {
    return JSON.parse(filled);
  } catch {
    throw invalidInput('template is not JSON after its placeholders are replaced', template);
  }
}

/**
 * Throws if the event has no value at the path. The behavior of AWS then depends on the place of the path, and is
 * never what was intended.
 */
function find(text: string, event: unknown): unknown {
  const path = JsonPath.parse(text);
  if (path === undefined || path.ofContext) throw invalidInput('path is not supported', text);
  const found = path.find(event);
  if (found === undefined) throw invalidInput('event has no value at the path', text);
  return found.value;
}

function invalidInput(what: string, given: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'target input', what, given, remedy: 'change the rule, or implement the input in local/events with its exact meaning',
  });
}
