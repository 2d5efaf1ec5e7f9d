import type { DeployedResource, Provisioner, ResourceToDeploy } from '../cloudformation/local-stack';
import type { LocalIam, PolicyDocument } from '../iam/local-iam';

/** The resource policies of functions. */
export interface PermissionServices {
  add(id: string, permission: LambdaPermission): void;
  remove(id: string): void;
}

/** Properties of `AWS::Lambda::Permission`. */
export interface LambdaPermission {
  readonly FunctionName: string;
  readonly Principal: string;
  readonly SourceArn?: string;
}

interface RoleProperties {
  readonly RoleName?: string;
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
}

interface PolicyProperties {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
  readonly Roles?: readonly string[];
}

/**
 * Provisioners for roles and their policies. A role without a name in the template gets another name each time that it
 * is created, as in CloudFormation, and every role another unique id.
 */
export function iamProvisioners(iam: LocalIam): { [type: string]: Provisioner } {
  return {
    'AWS::IAM::Role': {
      create: async (resource) => {
        const { RoleName, Policies = [] } = resource.properties as RoleProperties;
        const { arn, name, uniqueId } = iam.createRole(RoleName ?? iam.generateName(resource.stackName, resource.logicalId));
        for (const { PolicyName, PolicyDocument } of Policies) iam.putRolePolicy(name, PolicyName, PolicyDocument);
        return { ref: name, attributes: { Arn: arn, RoleId: uniqueId } };
      },
      update: async (resource, { properties: before, resolved }) => {
        const { Policies = [] } = resource.properties as RoleProperties;
        for (const { PolicyName } of (before as RoleProperties).Policies ?? []) iam.putRolePolicy(resolved.ref, PolicyName, undefined);
        for (const { PolicyName, PolicyDocument } of Policies) iam.putRolePolicy(resolved.ref, PolicyName, PolicyDocument);
        return resolved;
      },
      delete: async ({ resolved }) => iam.deleteRole(resolved.ref),
    },
    'AWS::IAM::Policy': {
      create: async (resource) => {
        attach(iam, resource);
        return { ref: `${resource.stackName}-${resource.logicalId}`, attributes: {} };
      },
      update: async (resource, before) => {
        detach(iam, before);
        attach(iam, resource);
        return before.resolved;
      },
      delete: async (resource) => detach(iam, resource),
    },
  };
}

/** Provisioner for the statements of the resource policies of functions. */
export function lambdaPermission(permissions: PermissionServices): Provisioner {
  const idOf = ({ stackName, logicalId }: ResourceToDeploy) => `${stackName}-${logicalId}`;
  const add = (resource: ResourceToDeploy) => permissions.add(idOf(resource), resource.properties as unknown as LambdaPermission);
  return {
    create: async (resource) => {
      add(resource);
      return { ref: idOf(resource), attributes: {} };
    },
    update: async (resource, { resolved }) => {
      add(resource);
      return resolved;
    },
    delete: async (resource) => permissions.remove(idOf(resource)),
  };
}

function attach(iam: LocalIam, { properties }: ResourceToDeploy): void {
  const { PolicyName, PolicyDocument, Roles = [] } = properties as unknown as PolicyProperties;
  for (const role of Roles) iam.putRolePolicy(role, PolicyName, PolicyDocument);
}

function detach(iam: LocalIam, { properties }: DeployedResource): void {
  const { PolicyName, Roles = [] } = properties as unknown as PolicyProperties;
  for (const role of Roles) iam.putRolePolicy(role, PolicyName, undefined);
}
