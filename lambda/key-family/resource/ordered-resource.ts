import { recordDeployment } from './deployment-records';
import type { CustomResourceKind } from '../../runtime/custom-resource';
import type { ControlPorts } from '../control-ports';
import { retryWhilePropagating } from '../retry-while-propagating';

/**
 * Refuses a Create or Update that AWS Lambda delivers again after a later Update: it would restore what that changed.
 *
 * Each Update is recorded in the evidence when it is delivered for the first time. A Create is not: if the creation
 * fails, AWS CloudFormation deletes the evidence bucket, and it cannot delete one that contains an object.
 */
export function orderedResource(
  kind: Required<CustomResourceKind>, ports: Pick<ControlPorts, 'clock' | 'evidence'>,
): Required<CustomResourceKind> {
  // The permissions of this role may be as new as this deployment.
  const record = (...of: Parameters<typeof recordDeployment>) =>
    retryWhilePropagating('evidence of deployments', ports.clock, async () => recordDeployment(...of));
  return {
    create: async (properties, event) => {
      await record(event, undefined, ports);
      return kind.create(properties, event);
    },
    update: async (resource, event) => {
      await record(event, resource, ports);
      return kind.update(resource, event);
    },
    delete: (...request) => kind.delete(...request),
    undoCreate: (...request) => kind.undoCreate(...request),
  };
}
