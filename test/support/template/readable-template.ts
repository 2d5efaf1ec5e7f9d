import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

/** A resource of a template after its intrinsic functions are resolved to text. */
export interface ReadableResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: unknown };
  readonly [attribute: string]: unknown;
}

/** Resources by logical id, in the order of the template. */
export interface ReadableTemplate {
  readonly [logicalId: string]: ReadableResource;
}

/** Synthesizes a stack in an app without further settings and makes its template readable. */
export function readableTemplateOf(build: (app: App) => Stack): ReadableTemplate {
  return readableTemplate(Template.fromStack(build(new App({ analyticsReporting: false }))).toJSON());
}

/**
 * The resources of a template, with joined texts as one text, references in angle brackets, and JSON texts as objects.
 *
 * Nothing is left out, except the hash in the name of a function's code, which changes with every line of that code.
 */
export function readableTemplate(template: object): ReadableTemplate {
  return resolve((template as { Resources: object }).Resources) as ReadableTemplate;
}

function resolve(value: unknown): unknown {
  if (typeof value === 'string') return resolveText(value);
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== 'object' || value === null) return value;
  const { 'Fn::Join': join, 'Fn::Sub': text, 'Fn::GetAtt': attribute, 'Fn::Select': select, 'Fn::Split': split, Ref } = value as {
    'Fn::Join'?: [string, unknown[]];
    'Fn::Sub'?: string;
    'Fn::GetAtt'?: string[];
    'Fn::Select'?: [unknown, unknown];
    'Fn::Split'?: [string, unknown];
    'Ref'?: string;
  };
  if (Ref !== undefined) return `<${Ref}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (text !== undefined) return text.replace(/\$\{([^}]+)\}/g, '<$1>');
  if (select !== undefined) return `<part ${textOf(select[0])} of ${textOf(select[1])}>`;
  if (split !== undefined) return `${textOf(split[1])} split at ${split[0]}`;
  if (join !== undefined) return resolveText(join[1].map(textOf).join(join[0]));
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, resolve(nested)]));
}

/** A part of a text. A function that cannot be written as text is an error, so that no change of it is overlooked. */
function textOf(part: unknown): string {
  const text = typeof part === 'string' ? part : resolve(part);
  if (typeof text === 'string' || typeof text === 'number') return String(text);
  throw new Error(`no text for ${JSON.stringify(part)}`);
}

function resolveText(text: string): unknown {
  const whole = text.replace(/[0-9a-f]{64}\.zip/g, 'code-of-the-function.zip');
  return whole.startsWith('{"') ? resolveJson(whole) : whole;
}

/** An input template of EventBridge is JSON except for the placeholder of the event. */
function resolveJson(text: string): unknown {
  return resolve(JSON.parse(text.replace(/:<(\w+)>/g, ':"<$1>"')));
}
