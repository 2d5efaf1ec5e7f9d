import { isDeepStrictEqual } from 'node:util';
import { resolveIntrinsics, type ResolvedResource } from './resolve-intrinsics';
import { inDependencyOrder, type Template, type TemplateResource } from './template';

/** A resource whose properties have been resolved. */
export interface ResourceToDeploy {
  readonly stackName: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: { readonly [name: string]: unknown };
}

/** A resource that exists. */
export interface DeployedResource extends ResourceToDeploy {
  readonly resolved: ResolvedResource;
}

/** Creates, updates and deletes the resources of one type. */
export interface Provisioner {
  create(resource: ResourceToDeploy): Promise<ResolvedResource>;
  /**
   * If the returned `ref` differs from the one before, the resource was replaced, and the deployment finally deletes
   * the one before. If there is no `update`, changes have no effect.
   */
  update?(resource: ResourceToDeploy, before: DeployedResource): Promise<ResolvedResource>;
  /** If there is no `delete`, the resource leaves nothing to delete. */
  delete?(resource: DeployedResource): Promise<void>;
}

/** Where a stack is deployed. */
export interface StackEnvironment {
  readonly stackName: string;
  readonly pseudoParameters: { readonly [name: string]: string };
  /** One for each resource type. A type without provisioner cannot be deployed. */
  readonly provisioners: { readonly [type: string]: Provisioner };
}

/**
 * A completed step of a deployment, for its rollback. An update is recorded before it begins: one that fails can be
 * half done.
 */
type Step =
  | { readonly kind: 'created'; readonly resource: DeployedResource }
  | { readonly kind: 'updated'; readonly before: DeployedResource; readonly desired: ResourceToDeploy };

/** A resource that an update has replaced. */
interface ReplacedResource {
  readonly resource: DeployedResource;
  readonly policy: TemplateResource['UpdateReplacePolicy'];
}

/**
 * A stack that is deployed as CloudFormation deploys it: in the order of dependencies, with rollback after a failure,
 * and with the deletion policies of the template. Resources are created one by one.
 */
export class LocalStack {
  private template: Template = { Resources: {} };
  private readonly deployed = new Map<string, DeployedResource>();
  /** What a rollback that failed has still to do, the last step first. Empty unless a rollback failed. */
  private toRollBack: { steps: readonly Step[]; template: Template } = { steps: [], template: { Resources: {} } };
  /** What the rollback of a creation could not delete, and its template: the stack is `ROLLBACK_FAILED`. */
  private notDeleted: { resources: readonly DeployedResource[]; template: Template } = { resources: [], template: { Resources: {} } };

  public constructor(private readonly environment: StackEnvironment) {}

  /** Returns the resource with this logical id. */
  public resource(logicalId: string): DeployedResource {
    const found = this.deployed.get(logicalId);
    if (found === undefined) throw new Error(`stack ${this.environment.stackName} has no resource ${logicalId}`);
    return found;
  }

  /** Returns the resources of one type. */
  public resourcesOfType(type: string): DeployedResource[] {
    return [...this.deployed.values()].filter((resource) => resource.type === type);
  }

  /**
   * Creates the stack, or updates it to another template. If a resource fails, the deployment is rolled back and the
   * failure is thrown. If an update fails in the rollback too, that failure is thrown, and the rollback stops at it:
   * `UPDATE_ROLLBACK_FAILED`.
   *
   * CloudFormation refuses an update in that state, so the operator continues the rollback first, and so does this. A
   * stack whose creation was rolled back cannot be updated either: `cdk deploy` deletes it first, and so does this.
   */
  public async deploy(template: Template): Promise<void> {
    await this.continueRollBack();
    await this.deleteFailedCreation();
    const done: Step[] = [];
    const replaced: ReplacedResource[] = [];
    try {
      for (const logicalId of inDependencyOrder(template)) {
        const declared = template.Resources[logicalId] as TemplateResource;
        await nameInFailures(logicalId, declared.Type, () => this.createOrUpdate(logicalId, declared, done, replaced));
      }
    } catch (failure) {
      const steps = [...done].reverse();
      // An update first restores what it has changed. New resources are removed in the cleanup after that.
      const [changed, added] = [steps.filter(({ kind }) => kind === 'updated'), steps.filter(({ kind }) => kind === 'created')];
      this.toRollBack = { steps: [...changed, ...added], template };
      await this.continueRollBack();
      throw failure;
    }
    const before = this.template;
    this.template = template;
    for (const { resource, policy } of replaced) if (isDeleted(policy)) await this.provisioner(resource.type).delete?.(resource);
    await this.deleteRemoved(before, template);
  }

  /** Deletes the stack, except the resources that its deletion policies retain. */
  public async delete(): Promise<void> {
    await this.deploy({ Resources: {} });
  }

  /** `DeleteStack` after a creation that failed. Its deletion policies now retain what its rollback did not delete. */
  private async deleteFailedCreation(): Promise<void> {
    const { resources, template } = this.notDeleted;
    this.notDeleted = { resources: [], template };
    for (const resource of resources) {
      if (isDeleted(template.Resources[resource.logicalId]?.DeletionPolicy)) await this.provisioner(resource.type).delete?.(resource);
    }
  }

  /** Whether nothing of a failed rollback is left to do. */
  public get isRolledBack(): boolean {
    return this.toRollBack.steps.length === 0;
  }

  /** Continues a rollback that failed, as `ContinueUpdateRollback` does: the step that failed is performed again. */
  public async continueRollBack(): Promise<void> {
    const { template } = this.toRollBack;
    while (this.toRollBack.steps.length > 0) {
      const [step, ...steps] = this.toRollBack.steps as [Step, ...Step[]];
      await this.revert(step, template);
      this.toRollBack = { steps, template };
    }
  }

  /** Whether a deployment of the stack has succeeded. */
  private get exists(): boolean {
    return Object.keys(this.template.Resources).length > 0;
  }

  private async createOrUpdate(logicalId: string, declared: TemplateResource, done: Step[], replaced: ReplacedResource[]): Promise<void> {
    const { Type: type, Properties = {}, UpdateReplacePolicy: policy } = declared;
    const properties = resolveIntrinsics(Properties, this.resolvedReferences()) as ResourceToDeploy['properties'];
    const resource: ResourceToDeploy = { stackName: this.environment.stackName, logicalId, type, properties };
    const before = this.deployed.get(logicalId);
    const provisioner = this.provisioner(type);
    if (before === undefined) {
      const created = { ...resource, resolved: await provisioner.create(resource) };
      this.deployed.set(logicalId, created);
      done.push({ kind: 'created', resource: created });
    } else if (!isDeepStrictEqual(before.properties, properties)) {
      done.push({ kind: 'updated', before, desired: resource });
      const resolved = await provisioner.update?.(resource, before) ?? before.resolved;
      this.deployed.set(logicalId, { ...resource, resolved });
      if (resolved.ref !== before.resolved.ref) replaced.push({ resource: before, policy });
    }
  }

  private async revert(step: Step, template: Template): Promise<void> {
    if (step.kind === 'created') {
      this.deployed.delete(step.resource.logicalId);
      const { logicalId, type } = step.resource;
      if (template.Resources[logicalId]?.DeletionPolicy === 'Retain') return;
      if (await this.tryDelete(type, step.resource)) return;
      // The cleanup of an update leaves the resource behind. A creation keeps it in the stack.
      if (!this.exists) this.notDeleted = { resources: [...this.notDeleted.resources, step.resource], template };
      return;
    }
    const { before, desired } = step;
    const now = { ...desired, resolved: this.resource(before.logicalId).resolved };
    await this.provisioner(before.type).update?.(before, now);
    this.deployed.set(before.logicalId, before);
    if (now.resolved.ref !== before.resolved.ref) await this.tryDelete(before.type, now);
  }

  /** A deletion that fails does not stop a rollback. */
  private async tryDelete(type: string, resource: DeployedResource): Promise<boolean> {
    try {
      await this.provisioner(type).delete?.(resource);
      return true;
    } catch {
      return false;
    }
  }

  /** Deletes the resources that the new template no longer declares, dependents first. */
  private async deleteRemoved(before: Template, template: Template): Promise<void> {
    for (const logicalId of inDependencyOrder(before).reverse()) {
      if (template.Resources[logicalId] !== undefined) continue;
      const resource = this.resource(logicalId);
      this.deployed.delete(logicalId);
      if (isDeleted(before.Resources[logicalId]?.DeletionPolicy)) await this.provisioner(resource.type).delete?.(resource);
    }
  }

  private resolvedReferences(): ReadonlyMap<string, ResolvedResource> {
    const references = new Map<string, ResolvedResource>();
    for (const [name, ref] of Object.entries(this.environment.pseudoParameters)) references.set(name, { ref, attributes: {} });
    for (const [logicalId, { resolved }] of this.deployed) references.set(logicalId, resolved);
    return references;
  }

  private provisioner(type: string): Provisioner {
    const found = this.environment.provisioners[type];
    if (found === undefined) {
      const allowed = Object.keys(this.environment.provisioners).join(', ');
      throw new Error(`resource type ${type} is not supported; allowed: ${allowed}`);
    }
    return found;
  }
}

/** `RetainExceptOnCreate` deletes a resource only if the deployment that created it is rolled back. */
function isDeleted(policy: TemplateResource['DeletionPolicy']): boolean {
  return policy !== 'Retain' && policy !== 'RetainExceptOnCreate';
}

/** Adds the logical id and the type of the resource to the message of a failure, as the events of a stack do. */
async function nameInFailures<T>(logicalId: string, type: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (failure) {
    throw new Error(`${logicalId} (${type}): ${failure instanceof Error ? failure.message : String(failure)}`, { cause: failure });
  }
}
