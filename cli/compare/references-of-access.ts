import { isRecord, readableValue } from '../../src/contract/policies/readable-value';
import type { Template, TemplateResource } from '../explain/template';

/** Resources that contain policies or grants, or attach them. */
const OF_ACCESS = /^(AWS::IAM::|AWS::KMS::|Custom::(RotatingKey|KmsGrant)$)/;

/** The resources of a template that determine access to keys. */
export function accessResources({ Resources }: Template): TemplateResource[] {
  return Object.values(Resources).filter(({ Type }) => OF_ACCESS.test(Type));
}

/** What the values of resources refer to. */
export interface References {
  /** Logical ids of resources, and names of parameters. */
  readonly names: ReadonlySet<string>;
  /** Names of exports. */
  readonly imports: ReadonlySet<string>;
  /** Names of outputs of nested stacks. */
  readonly outputs: ReadonlySet<string>;
}

/** The references in the access resources of templates. */
export function referencesOfAccess(templates: readonly Template[]): References {
  const found = { names: new Set<string>(), imports: new Set<string>(), outputs: new Set<string>() };
  const add = (reference: string) => {
    const [name = reference, ...attribute] = reference.split('.');
    found.names.add(name);
    if (attribute[0] === 'Outputs') found.outputs.add(attribute.slice(1).join('.'));
  };
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (!isRecord(value)) return;
    for (const [name, argument] of Object.entries(value)) {
      if (name === 'Ref') add(String(argument));
      if (name === 'Fn::GetAtt') add([argument].flat().join('.'));
      if (name === 'Fn::ImportValue') found.imports.add(readableValue(argument));
      if (name === 'Fn::Sub') for (const [, reference = ''] of String([argument].flat()[0]).matchAll(/\$\{([^!}]+)\}/g)) add(reference);
      visit(argument);
    }
  };
  templates.flatMap(accessResources).forEach(({ Properties }) => visit(Properties));
  return found;
}
