/** The parts of a synthesized template that a deployment reads. */
export interface Template {
  readonly Resources: { readonly [logicalId: string]: TemplateResource };
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: unknown };
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';
  /** What happens to a resource that an update replaces. */
  readonly UpdateReplacePolicy?: 'Delete' | 'Retain' | 'Snapshot';
}

/** The logical ids of a template, each after those that it refers to or depends on. */
export function inDependencyOrder(template: Template): string[] {
  const order: string[] = [];
  const visiting = new Set<string>();
  const visit = (logicalId: string): void => {
    const resource = template.Resources[logicalId];
    if (resource === undefined || order.includes(logicalId)) return;
    if (visiting.has(logicalId)) throw new Error(`${logicalId}: circular dependency between resources of the template`);
    visiting.add(logicalId);
    [...references(resource.Properties), ...[resource.DependsOn ?? []].flat()].forEach(visit);
    order.push(logicalId);
  };
  Object.keys(template.Resources).forEach(visit);
  return order;
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, nested]) => {
    if (name === 'Ref') return [String(nested)];
    if (name === 'Fn::GetAtt') return [String((nested as unknown[])[0])];
    if (name === 'Fn::Sub' && typeof nested === 'string') {
      return [...nested.matchAll(/\$\{([^}!.]+)/g)].map(([, logicalId]) => String(logicalId));
    }
    return references(nested);
  });
}
