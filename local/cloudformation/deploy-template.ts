import { resolveIntrinsics, type ResolvedResource } from './resolve-intrinsics';

/** A synthesized template, as far as a deployment reads it. */
export interface Template {
  readonly Resources: { readonly [logicalId: string]: TemplateResource };
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: unknown };
  readonly DependsOn?: string | readonly string[];
}

/** A resource whose properties have been resolved. */
export interface ResourceToCreate {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [name: string]: unknown };
}

/** Creates one resource of a type, and says what refers to it from then on. */
export type Provisioner = (resource: ResourceToCreate) => Promise<ResolvedResource>;

/** A template and what brings it to life. */
export interface Deployment {
  readonly template: Template;
  readonly pseudoParameters: { readonly [name: string]: string };
  /** One for each type of resource; a type without one cannot be deployed. */
  readonly provisioners: { readonly [type: string]: Provisioner };
}

/** Creates the resources of a template one by one, each after those it refers to or depends on. */
export async function deployTemplate({ template, pseudoParameters, provisioners }: Deployment): Promise<ReadonlyMap<string, ResolvedResource>> {
  const resolved = new Map<string, ResolvedResource>(Object.entries(pseudoParameters).map(([name, ref]) => [name, { ref, attributes: {} }]));
  for (const logicalId of inOrder(template)) {
    const { Type: type, Properties: properties = {} } = template.Resources[logicalId] as TemplateResource;
    const provisioner = provisioners[type];
    if (provisioner === undefined) throw new Error(`${logicalId}: no provisioner for ${type}; known: ${Object.keys(provisioners).join(', ')}`);
    resolved.set(logicalId, await provisioner({ logicalId, type, properties: resolveIntrinsics(properties, resolved) as ResourceToCreate['properties'] }));
  }
  return resolved;
}

function inOrder(template: Template): string[] {
  const order: string[] = [];
  const underWay = new Set<string>();
  const visit = (logicalId: string): void => {
    const resource = template.Resources[logicalId];
    if (resource === undefined || order.includes(logicalId)) return;
    if (underWay.has(logicalId)) throw new Error(`${logicalId}: resources of the template depend on each other in a circle`);
    underWay.add(logicalId);
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
    return references(nested);
  });
}
