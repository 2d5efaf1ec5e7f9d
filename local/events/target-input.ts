import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { JsonPath } from '../step-functions/definition/json-path';

/** What a target of a rule is given, as `AWS::Events::Rule` declares it: at most one of the three, and the whole event without. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: { readonly InputPathsMap?: { readonly [name: string]: string }; readonly InputTemplate: string };
}

const PLACEHOLDER = /<([\w.-]+)>/g;

/** The payload for one event. */
export function targetInput({ Input, InputPath, InputTransformer }: TargetInput, event: unknown): unknown {
  if ([Input, InputPath, InputTransformer].filter((given) => given !== undefined).length > 1) throw refuse('has more than one input', '');
  if (Input !== undefined) return JSON.parse(Input);
  if (InputPath !== undefined) return find(InputPath, event);
  if (InputTransformer === undefined) return event;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const values = new Map(Object.entries(InputPathsMap).map(([name, path]) => [name, find(path, event)]));
  return parse(fill(InputTemplate, values), InputTemplate);
}

/** A placeholder on its own becomes the value as JSON; within a text it becomes the value as text. */
function fill(template: string, values: ReadonlyMap<string, unknown>): string {
  return template.replace(PLACEHOLDER, (placeholder, name: string, offset: number) => {
    if (!values.has(name)) throw refuse('has a placeholder without a path', placeholder);
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
    throw refuse('is not JSON once it is filled in', template);
  }
}

/** What AWS does with a path that leads nowhere depends on the place, and is never what was meant: refused. */
function find(text: string, event: unknown): unknown {
  const path = JsonPath.parse(text);
  if (path === undefined || path.ofContext) throw refuse('has a path that is not known here', text);
  const found = path.find(event);
  if (found === undefined) throw refuse('has a path that leads nowhere in this event', text);
  return found.value;
}

function refuse(what: string, given: string): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: 'target input', what, given, remedy: 'change the rule, or teach local/events the exact meaning',
  });
}
