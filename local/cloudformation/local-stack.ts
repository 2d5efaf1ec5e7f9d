import { isDeepStrictEqual } from 'node:util';
import { resolveIntrinsics, type ResolvedResource } from './resolve-intrinsics';
import { inOrder, type Template, type TemplateResource } from './template';

/** A resource whose properties have been resolved. */
export interface ResourceToDeploy {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [name: string]: unknown };
}

/** A resource that stands. */
export interface DeployedResource extends ResourceToDeploy {
  readonly resolved: ResolvedResource;
}

/** Creates, changes and deletes the resources of one type. */
export interface Provisioner {
  create(resource: ResourceToDeploy): Promise<ResolvedResource>;
  /** Another `ref` than before means a replacement: the one before is deleted in the end. Absent: changes have no effect here. */
  update?(resource: ResourceToDeploy, before: DeployedResource): Promise<ResolvedResource>;
  /** Absent: nothing is left behind. */
  delete?(resource: DeployedResource): Promise<void>;
}

/** What CloudFormation knows about where it deploys. */
export interface StackEnvironment {
  readonly stackName: string;
  readonly pseudoParameters: { readonly [name: string]: string };
  /** One for each type of resource; a type without one cannot be deployed. */
  readonly provisioners: { readonly [type: string]: Provisioner };
}

/** What a deployment has done so far, so that it can be taken back. An update that fails may have done half of its work. */
type Step =
  | { readonly kind: 'created'; readonly resource: DeployedResource }
  | { readonly kind: 'updated'; readonly before: DeployedResource; readonly wanted: ResourceToDeploy };

/** A resource that a finished update has put another one in place of. */
interface ReplacedResource {
  readonly resource: DeployedResource;
  readonly policy: TemplateResource['UpdateReplacePolicy'];
}

/**
 * A stack, deployed here as CloudFormation would: in order, with rollback when something fails, and with the deletion policies of the
 * template. Resources are created one by one.
 */
export class LocalStack {
  private template: Template = { Resources: {} };
  private readonly deployed = new Map<string, DeployedResource>();

  public constructor(private readonly environment: StackEnvironment) {}

  /** A resource that stands, by logical id. */
  public resource(logicalId: string): DeployedResource {
    const found = this.deployed.get(logicalId);
    if (found === undefined) throw new Error(`stack ${this.environment.stackName} has no resource ${logicalId}`);
    return found;
  }

  /** The resources of one type that stand. */
  public resourcesOfType(type: string): DeployedResource[] {
    return [...this.deployed.values()].filter((resource) => resource.type === type);
  }

  /** Brings the stack to a template, the first or another one. When a resource fails, everything is taken back and the failure thrown. */
  public async deploy(template: Template): Promise<void> {
    const done: Step[] = [];
    const replaced: ReplacedResource[] = [];
    try {
      for (const logicalId of inOrder(template)) {
        const declared = template.Resources[logicalId] as TemplateResource;
        await told(logicalId, declared.Type, () => this.bring(logicalId, declared, done, replaced));
      }
    } catch (failure) {
      await this.rollBack(done, template);
      throw failure;
    }
    const before = this.template;
    this.template = template;
    for (const { resource, policy } of replaced) if (isDeleted(policy)) await this.provisioner(resource.type).delete?.(resource);
    await this.clearAway(before, template);
  }

  /** Deletes the stack; what its deletion policies retain stays. */
  public async delete(): Promise<void> {
    await this.deploy({ Resources: {} });
  }

  private async bring(logicalId: string, declared: TemplateResource, done: Step[], replaced: ReplacedResource[]): Promise<void> {
    const { Type: type, Properties = {}, UpdateReplacePolicy: policy } = declared;
    const properties = resolveIntrinsics(Properties, this.known()) as ResourceToDeploy['properties'];
    const resource: ResourceToDeploy = { stackName: this.environment.stackName, logicalId, type, properties };
    const before = this.deployed.get(logicalId);
    const provisioner = this.provisioner(type);
    if (before === undefined) {
      const created = { ...resource, resolved: await provisioner.create(resource) };
      this.deployed.set(logicalId, created);
      done.push({ kind: 'created', resource: created });
    } else if (!isDeepStrictEqual(before.properties, properties)) {
      done.push({ kind: 'updated', before, wanted: resource });
      const resolved = await provisioner.update?.(resource, before) ?? before.resolved;
      this.deployed.set(logicalId, { ...resource, resolved });
      if (resolved.ref !== before.resolved.ref) replaced.push({ resource: before, policy });
    }
  }

  private async rollBack(done: readonly Step[], template: Template): Promise<void> {
    for (const step of [...done].reverse()) {
      if (step.kind === 'created') {
        this.deployed.delete(step.resource.logicalId);
        const { logicalId, type } = step.resource;
        if (template.Resources[logicalId]?.DeletionPolicy !== 'Retain') await this.provisioner(type).delete?.(step.resource);
      } else {
        const { before, wanted } = step;
        const now = { ...wanted, resolved: this.resource(before.logicalId).resolved };
        await this.provisioner(before.type).update?.(before, now);
        this.deployed.set(before.logicalId, before);
        if (now.resolved.ref !== before.resolved.ref) await this.provisioner(before.type).delete?.(now);
      }
    }
  }

  /** Deletes what is declared no more, dependents first. */
  private async clearAway(before: Template, template: Template): Promise<void> {
    for (const logicalId of inOrder(before).reverse()) {
      if (template.Resources[logicalId] !== undefined) continue;
      const resource = this.resource(logicalId);
      this.deployed.delete(logicalId);
      if (isDeleted(before.Resources[logicalId]?.DeletionPolicy)) await this.provisioner(resource.type).delete?.(resource);
    }
  }

  private known(): ReadonlyMap<string, ResolvedResource> {
    const known = new Map<string, ResolvedResource>();
    for (const [name, ref] of Object.entries(this.environment.pseudoParameters)) known.set(name, { ref, attributes: {} });
    for (const [logicalId, { resolved }] of this.deployed) known.set(logicalId, resolved);
    return known;
  }

  private provisioner(type: string): Provisioner {
    const found = this.environment.provisioners[type];
    if (found === undefined) throw new Error(`no provisioner for ${type}; known: ${Object.keys(this.environment.provisioners).join(', ')}`);
    return found;
  }
}

/** RetainExceptOnCreate deletes only what the very deployment has made that is taken back. */
function isDeleted(policy: TemplateResource['DeletionPolicy']): boolean {
  return policy !== 'Retain' && policy !== 'RetainExceptOnCreate';
}

/** An event of a stack names the resource that failed. */
async function told<T>(logicalId: string, type: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (failure) {
    throw new Error(`${logicalId} (${type}): ${failure instanceof Error ? failure.message : String(failure)}`, { cause: failure });
  }
}
