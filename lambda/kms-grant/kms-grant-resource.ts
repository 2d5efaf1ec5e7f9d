import { endGrant, endOthers, createGrant, type GrantPorts } from './create-grant';
import { grantOfPhysicalId, physicalIdOf, type ExistingGrant } from './physical-id';
import { decodeGrant, type GrantAttribute } from '../../src/contract/requests/grant-request';
import type { CustomResourceKind, ManagedResource, ResourceProperties } from '../runtime/custom-resource';
import type { DeploymentEvent } from '../runtime/deployment-event';

/**
 * The custom resource `Custom::KmsGrant`.
 *
 * A grant cannot be changed. Other terms are another grant with another physical id: CloudFormation deletes the old one
 * after the new one exists, or the new one in a rollback, so that there is never a gap.
 */
export function kmsGrantResource(ports: GrantPorts): CustomResourceKind {
  const undoCreate = async (properties: ResourceProperties, event: DeploymentEvent) =>
    endOthers(decodeGrant(properties), [], event, ports);
  return {
    create: async (properties) => describe(await createGrant(decodeGrant(properties), undefined, ports)),
    update: async ({ physicalResourceId, properties }, event) => {
      const request = decodeGrant(properties);
      const grant = await createGrant(request, grantOfPhysicalId(physicalResourceId), ports);
      // The requested grant already exists, as after a failed update: no event would delete what that update created.
      if (physicalIdOf(grant) === physicalResourceId) await endOthers(request, [grant], event, ports);
      return describe(grant);
    },
    delete: async ({ physicalResourceId, properties }, event) => {
      const grant = grantOfPhysicalId(physicalResourceId);
      await (grant === undefined ? undoCreate(properties, event) : endGrant(grant, ports));
    },
    undoCreate,
  };
}

function describe(grant: ExistingGrant): ManagedResource {
  const attributes: { readonly [attribute in GrantAttribute]: string } = { GrantId: grant.grantId };
  return { physicalResourceId: physicalIdOf(grant), attributes };
}
