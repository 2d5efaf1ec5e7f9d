import { canonical, type UndecidedChange } from './finding';
import { accessResources, referencesOfAccess, type References } from './references-of-access';
import { isRecord, readableValue } from '../../src/contract/policies/readable-value';
import { resourcesOf, type Template } from '../explain/template';
import type { TemplatePair } from '../pairs/pair-templates';

/** Resources whose attributes are any value, for example the ARN of a principal. */
const ANY_VALUE = /^(Custom::(?!RotatingKey$|KmsGrant$|KmsKeyMaterial$)|AWS::CloudFormation::CustomResource$|AWS::SSM::Parameter$)/;

/**
 * The changed values that a policy or a grant refers to: an export, an output or a parameter of a nested stack, an
 * attribute of a custom resource. The policy is the same text, and names another principal or key.
 */
export function changedValues(pairs: readonly TemplatePair[]): UndecidedChange[] {
  const references = referencesOfAccess(pairs.map(({ now }) => now));
  const oldExports = new Map(pairs.flatMap(({ old }) => [...exportsOf(old)]));
  const texts = pairs.flatMap(({ now }) => accessResources(now)).map(({ Properties }) => canonical(Properties));
  const withDefault = new Set(pairs.flatMap(({ now: { Parameters = {} } }) => Object.entries(Parameters))
    .flatMap(([name, parameter]) => (isRecord(parameter) && parameter.Default !== undefined ? [name] : [])));
  const known = { references, oldExports, oldImports: referencesOfAccess(pairs.map(({ old }) => old)).imports };
  return pairs.flatMap((pair) => [
    ...changedExports(pair, known),
    ...changedOutputs(pair, references),
    // A reference to a parameter with a default is already replaced by it.
    ...changedParameters(pair, (name) => references.names.has(name) || withDefault.has(name)),
    ...changedSources(pair, (name) => references.names.has(name), (name) => texts.some((text) => text.includes(name))),
  ].map((where) => ({
    ...(pair.file === undefined ? {} : { file: pair.file }),
    where,
    reason: 'the value changed, and a policy or grant refers to it, so it may name another principal or key',
  })));
}

interface KnownExports {
  readonly references: References;
  readonly oldExports: ReadonlyMap<string, unknown>;
  readonly oldImports: ReadonlySet<string>;
}

function changedExports({ now }: TemplatePair, { references, oldExports, oldImports }: KnownExports): string[] {
  return [...exportsOf(now)].filter(([name, value]) => references.imports.has(name)
    && (oldExports.has(name) ? canonical(oldExports.get(name)) !== canonical(value) : oldImports.has(name)))
    .map(([name]) => `export ${name}`);
}

function exportsOf({ Outputs = {} }: Template): Map<string, unknown> {
  return new Map(Object.values(Outputs).flatMap((output) =>
    (isRecord(output) && isRecord(output.Export) ? [[readableValue(output.Export.Name), output.Value] as const] : [])));
}

/** A new output replaces no value: what refers to it is new, too. */
function changedOutputs({ old, now }: TemplatePair, { outputs }: References): string[] {
  const valueOf = (output: unknown) => canonical(isRecord(output) ? output.Value : output);
  return Object.entries(now.Outputs ?? {}).filter(([name, output]) => {
    const before = old.Outputs?.[name];
    return outputs.has(name) && before !== undefined && valueOf(before) !== valueOf(output);
  }).map(([name]) => `Outputs, ${name}`);
}

/** The values that a template passes to the parameters of a nested stack. */
function changedParameters({ old, now }: TemplatePair, isUsed: (name: string) => boolean): string[] {
  const parametersOf = (template: Template, logicalId: string) => {
    const parameters = template.Resources[logicalId]?.Properties?.Parameters;
    return isRecord(parameters) ? parameters : {};
  };
  return resourcesOf(now, ['AWS::CloudFormation::Stack']).flatMap(([logicalId]) => {
    const before = parametersOf(old, logicalId);
    return Object.entries(parametersOf(now, logicalId))
      .filter(([name, value]) => old.Resources[logicalId] !== undefined && isUsed(name) && canonical(before[name]) !== canonical(value))
      .map(([name]) => `${logicalId}, Parameters, ${name}`);
  });
}

function changedSources(
  { old, now }: TemplatePair, isReferredTo: (id: string) => boolean, isMentioned: (name: string) => boolean,
): string[] {
  return Object.entries(now.Resources).filter(([logicalId, { Type, Properties = {} }]) => {
    const before = old.Resources[logicalId];
    if (!ANY_VALUE.test(Type) || before === undefined || canonical(before.Properties ?? {}) === canonical(Properties)) return false;
    // A parameter of SSM can also be read by its name.
    const { Name: name } = Properties;
    return isReferredTo(logicalId) || (Type === 'AWS::SSM::Parameter' && typeof name === 'string' && isMentioned(name));
  }).map(([logicalId]) => logicalId);
}
