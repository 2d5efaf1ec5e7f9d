/** Names a reference to another resource of the template. */
export type NameReference = (logicalId: string, attribute?: string) => string;

/** The text for each pseudo parameter of CloudFormation. */
const PSEUDO_PARAMETERS: { readonly [name: string]: string } = {
  'AWS::AccountId': '<account>',
  'AWS::Partition': '<partition>',
  'AWS::Region': '<region>',
  'AWS::StackId': '<stack id>',
  'AWS::StackName': '<stack name>',
  'AWS::URLSuffix': '<URL suffix>',
};

/** The logical id of a resource is enough to identify its ARN. */
const byLogicalId: NameReference = (logicalId, attribute) =>
  attribute === undefined || attribute === 'Arn' ? logicalId : `${logicalId}.${attribute}`;

/**
 * A value of a template as readable text: a resource by its logical id, in angle brackets if it is part of
 * a longer text.
 *
 * Values that are not text, and other CloudFormation functions, are kept as JSON.
 */
export function readableValue(value: unknown, nameReference: NameReference = byLogicalId): string {
  const parts = partsOf(value, nameReference);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only.text;
  return parts.map(({ text, isReference }) => isReference ? `<${text}>` : text).join('');
}

/**
 * Whether a readable value is a CloudFormation function that was kept as JSON: its value is known only at deployment.
 */
export function isUnknown(readable: string): boolean {
  return readable.startsWith('{');
}

/** The elements of a list, or of a list of one value, without missing elements. */
export function listOf(value: unknown): unknown[] {
  return [value].flat().filter((element) => element !== undefined && !isNoValue(element));
}

/** Whether a value is `AWS::NoValue`, with which CloudFormation removes a property. */
export function isNoValue(value: unknown): boolean {
  return isRecord(value) && value.Ref === 'AWS::NoValue';
}

export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Part {
  readonly text: string;
  readonly isReference?: true;
}

function partsOf(value: unknown, nameReference: NameReference): Part[] {
  if (typeof value === 'string') return [{ text: value }];
  const [name, argument] = isRecord(value) && Object.keys(value).length === 1 ? Object.entries(value)[0] ?? [] : [];
  switch (name) {
    case 'Ref':
      return [referenceTo(String(argument), nameReference)];
    case 'Fn::GetAtt':
      return [referenceTo(Array.isArray(argument) ? argument.join('.') : String(argument), nameReference)];
    case 'Fn::Join':
      return partsOfJoin(argument, nameReference) ?? [{ text: JSON.stringify(value) }];
    case 'Fn::Sub':
      return partsOfSubstitution(argument, nameReference) ?? [{ text: JSON.stringify(value) }];
    case 'Fn::ImportValue':
      return [{ text: `imported ${readableValue(argument, nameReference)}`, isReference: true }];
    default:
      return [{ text: JSON.stringify(value) }];
  }
}

/** `Role`, `Role.Arn`, or a pseudo parameter. */
function referenceTo(name: string, nameReference: NameReference): Part {
  const pseudo = PSEUDO_PARAMETERS[name];
  if (pseudo !== undefined) return { text: pseudo };
  const [logicalId = name, ...attribute] = name.split('.');
  return { text: nameReference(logicalId, attribute.length === 0 ? undefined : attribute.join('.')), isReference: true };
}

function partsOfJoin(argument: unknown, nameReference: NameReference): Part[] | undefined {
  if (!Array.isArray(argument) || typeof argument[0] !== 'string' || !Array.isArray(argument[1])) return undefined;
  const separator = argument[0];
  return listOf(argument[1]).flatMap((part, position) => [
    ...(position === 0 || separator === '' ? [] : [{ text: separator }]),
    ...partsOf(part, nameReference),
  ]);
}

function partsOfSubstitution(argument: unknown, nameReference: NameReference): Part[] | undefined {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== 'string' || !isRecord(variables)) return undefined;
  return text.split(/(\$\{[^}]+\})/).filter((piece) => piece !== '').flatMap((piece): Part[] => {
    const name = /^\$\{(.+)\}$/.exec(piece)?.[1];
    if (name === undefined) return [{ text: piece }];
    // A template writes the literal text `${Name}` as `${!Name}`.
    if (name.startsWith('!')) return [{ text: `\${${name.slice(1)}}` }];
    return name in variables ? partsOf(variables[name], nameReference) : [referenceTo(name, nameReference)];
  });
}
