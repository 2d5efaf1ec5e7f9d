import { isDeepStrictEqual } from 'node:util';
import { projectDefinition, type ProjectedDefinition } from './project-definition';
import type { ReadableResource, ReadableTemplate } from './readable-template';
import { compact, policySentences } from './sentences';

/**
 * The attributes and properties that a projection leaves out, each with the reason. `*` stands for every resource type.
 *
 * Everything else is projected, also what this file does not know: a new property of a resource, or a new resource,
 * changes a projection.
 */
export const NOT_PROJECTED: { readonly [type: string]: { readonly [name: string]: string } } = {
  '*': {
    Description: 'it is text for operators, without effect',
    Metadata: 'it is for checkers of templates, and test/system/examples/cdk-nag.test.ts reads it',
    DependsOn: 'it is the order of a deployment, and the local account deploys in that order',
  },
  'AWS::Lambda::Function': {
    Code: 'its name changes with every line of the code, and test/system/rotation/shipped-bundles.test.ts runs that code',
  },
  'AWS::IAM::Policy': { PolicyName: 'it identifies a policy within its role, and the logical id is projected' },
};

/** The same for what is deeper in a property. */
export const NOT_PROJECTED_INSIDE: { readonly [property: string]: { readonly [name: string]: string } } = {
  Policies: { PolicyName: 'it identifies a policy within its role' },
  DefinitionString: {
    Comment: 'it is text for operators, without effect',
    Cause: 'it is text for operators, without effect; the Error beside it is projected',
  },
};

/** What the first line of a resource contains, or what is projected piece by piece. */
const IN_FIRST_LINE = ['Type', 'DeletionPolicy', 'UpdateReplacePolicy', 'Properties'];

/** Shorter properties are written side by side. */
const SHORT = 75;

/**
 * A template as text that can be read in a review: a line for each resource, each long property, each policy statement
 * and each state.
 *
 * A long line that an earlier resource has word for word is replaced by the name of that resource. A family is
 * written where it is a property of the resource that owns it. Everywhere else it is replaced by `the family`, if it
 * is the same.
 */
export function projectTemplate(template: ReadableTemplate): string {
  const names = shortNames(Object.keys(template));
  const families = Object.values(template).flatMap(({ Properties }) =>
    typeof Properties?.Family === 'object' ? [Properties.Family as object] : [],
  );
  const written = new Map<string, string>();
  const once = (logicalId: string, line: string): string => {
    const earlier = written.get(line);
    written.set(line, earlier ?? logicalId);
    return earlier === undefined || line.length <= 2 * SHORT ? line : `${line.slice(0, line.indexOf(': '))}: the same as in ${earlier}`;
  };
  const lines = Object.entries(template).flatMap(([logicalId, resource]) => {
    const [first = '', ...others] = resourceLines(logicalId, withoutRepeatedFamily(resource, families) as ReadableResource);
    return [shorten(first, names), ...others.map((line) => `  ${once(logicalId, shorten(line, names))}`)];
  });
  return `${lines.join('\n')}\n`;
}

function resourceLines(logicalId: string, resource: ReadableResource): string[] {
  const { Type, DeletionPolicy, UpdateReplacePolicy, Properties = {}, ...attributes } = resource;
  const isLeftOut = (name: string) => NOT_PROJECTED['*']?.[name] !== undefined || NOT_PROJECTED[Type]?.[name] !== undefined;
  const first = [Type, logicalId];
  if (DeletionPolicy !== undefined) first.push(`delete: ${compact(DeletionPolicy)}`);
  if (UpdateReplacePolicy !== undefined) first.push(`replace: ${compact(UpdateReplacePolicy)}`);
  const all = [...Object.entries(attributes), ...Object.entries(Properties)].filter(([name]) => !isLeftOut(name));
  const others = all.flatMap(([name, value]) => {
    const lines = propertyLines(name, value);
    const belongsInFirstLine = name === 'AssumeRolePolicyDocument' || !isStatement(lines[0]);
    if (lines.length !== 1 || !belongsInFirstLine || (lines[0] as string).length > SHORT) return lines;
    first.push(lines[0] as string);
    return [];
  });
  return [first.join(' | '), ...others];
}

function isStatement(line: string | undefined): boolean {
  return /^(Allow|Deny)\b/.test(line ?? '');
}

function propertyLines(name: string, value: unknown): string[] {
  switch (name) {
    case 'KeyPolicy': case 'AssumeRolePolicyDocument': case 'PolicyDocument': return policySentences(value);
    case 'Policies': return (value as readonly { readonly PolicyDocument: unknown }[]).flatMap(({ PolicyDocument, ...policy }) => [
      ...policySentences(PolicyDocument),
      ...Object.entries(policy)
        .filter(([key]) => key !== 'PolicyName')
        .map((entry) => compact(entry)),
    ]);
    case 'DefinitionString': return projectDefinition(value as ProjectedDefinition);
    case 'Family': return familyLines(value as object);
    default: return [`${name}: ${compact(value)}`];
  }
}

function familyLines(family: object): string[] {
  const { policyDocument, ...members } = family as { readonly policyDocument: unknown };
  const isText = (value: unknown) => typeof value !== 'object' || JSON.stringify(value).length < 30;
  const entries = Object.entries(members);
  return [
    `family: ${compact(Object.fromEntries(entries.filter(([, value]) => isText(value))))}`,
    ...entries.filter(([, value]) => !isText(value)).map(([name, value]) => `family ${name}: ${compact(value)}`),
    ...policySentences(policyDocument),
  ];
}

/** A family that is the same as the one of its owner, wherever else it occurs. */
function withoutRepeatedFamily(value: unknown, families: readonly object[]): unknown {
  if (Array.isArray(value)) return value.map((element) => withoutRepeatedFamily(element, families));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, nested]: [string, unknown]) => {
    const isRepeated = name === 'family' && families.some((family) => isDeepStrictEqual(family, nested));
    return [name, isRepeated ? 'the family' : withoutRepeatedFamily(nested, families)];
  }));
}

/** Logical ids without the hash at their end, as long as that leaves them different. */
function shortNames(logicalIds: readonly string[]): ReadonlyMap<string, string> {
  const short = (logicalId: string) => logicalId.replace(/[0-9A-F]{8}$/, '');
  return new Map(logicalIds.map((logicalId) => {
    const isAmbiguous = logicalIds.some((other) => other !== logicalId && short(other) === short(logicalId));
    return [logicalId, isAmbiguous ? logicalId : short(logicalId)];
  }));
}

function shorten(line: string, names: ReadonlyMap<string, string>): string {
  return line.replace(
    /<(\w+)((?:\.\w+)?)>/g,
    (_, logicalId: string, attribute: string) => `<${names.get(logicalId) ?? logicalId}${attribute}>`,
  );
}

/**
 * Whether a projection leaves out what is at that path of a template: logical id, attribute, or `Properties`
 * and a property.
 */
export function isNotProjected(
  template: ReadableTemplate,
  [logicalId, attribute, property, ...deeper]: readonly (string | number)[],
): boolean {
  if (NOT_PROJECTED_INSIDE[String(property)]?.[String(deeper.at(-1))] !== undefined) return true;
  const name = String(attribute === 'Properties' ? property : attribute);
  const type = template[String(logicalId)]?.Type ?? '';
  return !IN_FIRST_LINE.includes(name) && (NOT_PROJECTED['*']?.[name] ?? NOT_PROJECTED[type]?.[name]) !== undefined;
}
