import { endGrant, endOthers, createGrant, type GrantPorts } from './create-grant';
import { grantOfPhysicalId, physicalIdOf, type StandingGrant } from './physical-id';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { decodeGrant, type GrantAttribute, type GrantProperties, type GrantRequest } from '../../src/contract/requests/grant-request';
import { UnusableProperty } from '../../src/contract/requests/unusable-property';
import type { CustomResourceKind, ManagedResource, ResourceProperties } from '../runtime/custom-resource';

/**
 * What `Custom::KmsGrant` does when CloudFormation asks.
 *
 * A grant cannot be changed. Other terms are another grant with another physical id: CloudFormation has the old one deleted once the new
 * one stands, or the new one when it rolls back, so that there is never a gap.
 */
export function kmsGrantResource(ports: GrantPorts): CustomResourceKind {
  const undoCreate = async (properties: ResourceProperties) => endOthers(decode(properties), [], ports);
  return {
    create: async (properties) => describe(await createGrant(decode(properties), undefined, ports)),
    update: async ({ physicalResourceId, properties }) => {
      const request = decode(properties);
      const grant = await createGrant(request, grantOfPhysicalId(physicalResourceId), ports);
      // What is wanted has stood all along, as after an update that failed: whatever that one made, nobody will ask for again.
      if (physicalIdOf(grant) === physicalResourceId) await endOthers(request, [grant], ports);
      return describe(grant);
    },
    delete: async ({ physicalResourceId, properties }) => {
      const grant = grantOfPhysicalId(physicalResourceId);
      await (grant === undefined ? undoCreate(properties) : endGrant(grant, ports));
    },
    undoCreate,
  };
}

function describe(grant: StandingGrant): ManagedResource {
  const attributes: { readonly [attribute in GrantAttribute]: string } = { GrantId: grant.grantId };
  return { physicalResourceId: physicalIdOf(grant), attributes };
}

function decode(properties: ResourceProperties): GrantRequest {
  try {
    return decodeGrant(properties as GrantProperties);
  } catch (error) {
    throw error instanceof UnusableProperty ? new Failure(ErrorName.INVALID_REQUEST, error.problem, error) : error;
  }
}
