import { isDeepStrictEqual } from 'node:util';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** Resources by logical id. */
export interface ReadableTemplate {
  readonly [logicalId: string]: unknown;
}

/**
 * A template as a person reads it in a review: as it would be deployed, but for four things.
 *
 * Joined texts are whole, with references in angle brackets, and JSON in them is unfolded; a list of texts is one line. The name of a handler's
 * code, which changes with every line of it, is left out. So are the definitions of state machines and what resources say to checkers in their
 * metadata, which have tests of their own. A family is shown once, with the resource that owns it: wherever else it stands, it has to be the same.
 */
export function readableTemplate(build: (app: App) => Stack): ReadableTemplate {
  const { Resources } = Template.fromStack(build(new App({ analyticsReporting: false }))).toJSON() as { Resources: { [logicalId: string]: object } };
  const resources = Object.entries(Resources).map(([logicalId, resource]) => [logicalId, withoutMetadata(resource)] as const);
  const readable = unfold(Object.fromEntries(resources)) as ReadableTemplate;
  const families = Object.values(readable).flatMap((resource) => (resource as { Properties?: { Family?: object } }).Properties?.Family ?? []);
  const isShownAlready = (name: string, value: unknown) => name === 'family' && families.some((family) => isDeepStrictEqual(family, value));
  return mapDeep(readable, (name, value) => (isShownAlready(name, value) ? 'the family, as its owner has it' : value)) as ReadableTemplate;
}

function withoutMetadata({ Metadata, ...resource }: { readonly Metadata?: unknown }): object {
  return resource;
}

/** What is in one of two templates and not, or not like that, in the other. */
export function difference(template: ReadableTemplate, other: ReadableTemplate): ReadableTemplate {
  return Object.fromEntries(Object.entries(template).filter(([logicalId, resource]) => !isDeepStrictEqual(other[logicalId], resource)));
}

function mapDeep(value: unknown, map: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const mapped = value.map((element) => mapDeep(element, map));
    return mapped.every((element) => typeof element === 'string') ? mapped.join(' ') : mapped;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, mapDeep(map(name, nested), map)]));
}

function unfold(value: unknown): unknown {
  if (typeof value === 'string') return unfoldText(value);
  if (Array.isArray(value)) return value.map(unfold);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, 'Fn::Sub': text, 'Fn::GetAtt': attribute, Ref } = value as {
    'Fn::Join'?: [string, unknown[]]; 'Fn::Sub'?: string; 'Fn::GetAtt'?: string[]; 'Ref'?: string;
  };
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (text !== undefined) return text.replace(/\$\{([^}]+)\}/g, '<$1>');
  if (join !== undefined) return unfoldText(join[1].map((part) => (typeof part === 'string' ? part : unfold(part) as string)).join(join[0]));
  return Object.fromEntries(Object.entries(value).map(([name, nested]) =>
    [name, name === 'DefinitionString' ? 'see the tests of the state machines' : unfold(nested)]));
}

function unfoldText(text: string): unknown {
  const whole = text.replace(/[0-9a-f]{64}\.zip/g, 'code-of-the-handler.zip');
  return whole.startsWith('{"') ? unfoldJson(whole) : whole;
}

/** An input template of EventBridge is not quite JSON: it has the place of the event in it. */
function unfoldJson(text: string): unknown {
  return unfold(JSON.parse(text.replace(/:<(\w+)>/g, ':"<$1>"')));
}
