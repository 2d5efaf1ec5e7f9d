import { ErrorName } from '../../../src/contract/error-names';
import {
  deploymentRecordKey, deploymentRecordPrefix, readDeploymentRecordKey, type DeploymentRecord,
} from '../../../src/contract/evidence/deployment-record';
import { EVIDENCE_SCHEMA } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import { SERVICE_TIMEOUT_SECONDS } from '../../../src/contract/limits';
import type { EvidencePort } from '../../ports/evidence';
import type { CustomResourceKind } from '../../runtime/custom-resource';
import { isAfter, type DeploymentEvent } from '../../runtime/deployment-event';
import type { ControlPorts } from '../control-ports';
import { retryWhilePropagating } from '../retry-while-propagating';

type Ports = Pick<ControlPorts, 'clock'> & { readonly evidence: Pick<EvidencePort, 'list' | 'writeOnce'> };

type Recorded = Pick<DeploymentRecord, 'requestId' | 'receivedAt'>;

/**
 * Refuses a Create or Update that AWS Lambda delivers again after a later Update: it would restore what that changed.
 *
 * Each Update is recorded in the evidence when it is delivered for the first time. A Create is not: if the creation
 * fails, AWS CloudFormation deletes the evidence bucket, and it cannot delete one that contains an object.
 */
export function orderedResource(kind: Required<CustomResourceKind>, ports: Ports): Required<CustomResourceKind> {
  const inOrder = async <T>(event: DeploymentEvent | undefined, perform: () => Promise<T>): Promise<T> => {
    if (event !== undefined) await refuseSuperseded(event, ports);
    return perform();
  };
  return {
    create: (properties, event) => inOrder(event, () => kind.create(properties, event)),
    update: (resource, event) => inOrder(event, () => kind.update(resource, event)),
    delete: (...request) => kind.delete(...request),
    undoCreate: (...request) => kind.undoCreate(...request),
  };
}

async function refuseSuperseded(event: DeploymentEvent, { evidence, clock }: Ports): Promise<void> {
  const prefix = deploymentRecordPrefix(event);
  // The permissions of this role may be as new as this deployment.
  await retryWhilePropagating('evidence of deployments', clock, async () => {
    const recorded = (await evidence.list(prefix)).flatMap((key) => readDeploymentRecordKey(prefix, key) ?? []);
    const now = clock.now();
    const later = findLater(event, recorded, now);
    if (later !== undefined) throw superseded(event, later);
    if (event.requestType !== 'Update' || recorded.some(({ requestId }) => requestId === event.requestId)) return;
    const record: DeploymentRecord = {
      schema: EVIDENCE_SCHEMA, kind: 'deployment', requestId: event.requestId, receivedAt: now.toISOString(),
    };
    await evidence.writeOnce(deploymentRecordKey(prefix, record), record);
  });
}

/**
 * Pure: an Update that is later than an event.
 *
 * An event that is delivered again has the time of its first delivery, and any other one the time at which it was sent.
 * If that is unknown, an Update is new, and the oldest event that AWS Lambda delivers is assumed for a Create.
 */
export function findLater(event: DeploymentEvent, recorded: readonly Recorded[], now: Date): Recorded | undefined {
  const own = recorded.filter(({ requestId }) => requestId === event.requestId).map(({ receivedAt }) => receivedAt).sort()[0];
  const others = recorded.filter(({ requestId }) => requestId !== event.requestId);
  if (own !== undefined) return others.find(({ receivedAt }) => receivedAt > own);
  const oldest = new Date(now.getTime() - SERVICE_TIMEOUT_SECONDS * 1000);
  const sentAt = event.sentAt ?? (event.requestType === 'Create' ? oldest : now);
  return others.find(({ receivedAt }) => isAfter(new Date(receivedAt), { sentAt }));
}

function superseded({ stackName, logicalId, requestType, requestId }: DeploymentEvent, later: Recorded): Failure {
  return new Failure(ErrorName.RUN_SUPERSEDED, {
    where: `${stackName}/${logicalId}`,
    what: 'event of CloudFormation was delivered again after a later one, so nothing was changed',
    given: `${requestType} ${requestId}; Update ${later.requestId} followed at ${later.receivedAt}`,
    remedy: 'no action is needed; if CloudFormation reports this as the result of a deployment, deploy again',
  });
}
