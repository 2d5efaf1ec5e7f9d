import { endRetirements, type AbandonedFamily } from './end-retirements';
import type { ReversalPorts } from './reversal-ports';
import { RETIREMENT_END_RESOURCE_TYPE } from '../../../src/contract/family/retirement-end-resource';
import { PropertyDecoder } from '../../../src/contract/requests/property-decoder';
import type { CustomResourceKind, ManagedResource, ResourceProperties } from '../../runtime/custom-resource';

/**
 * Handler of `Custom::RetirementEnd`. It does nothing while the stack exists.
 *
 * CloudFormation deletes it before the functions, and after the schedule and the retirement machine: `cdk destroy` then
 * leaves no deletion that nothing checks.
 */
export function retirementEndResource(ports: ReversalPorts): CustomResourceKind {
  return {
    create: async (properties) => unchanged(decode(properties)),
    update: async ({ properties }) => unchanged(decode(properties)),
    delete: async ({ properties }) => endRetirements(decode(properties), ports),
  };
}

/** The name never changes, so an update never replaces it, and never ends a retirement. */
function unchanged({ alias }: AbandonedFamily): ManagedResource {
  return { physicalResourceId: `${alias}/retirement`, attributes: {} };
}

function decode(properties: ResourceProperties): AbandonedFamily {
  const decoder = new PropertyDecoder(RETIREMENT_END_RESOURCE_TYPE, 'RotatingKey', properties);
  return { alias: decoder.text('Alias'), owner: decoder.text('Owner') };
}
