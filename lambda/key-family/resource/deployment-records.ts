import { digestProperties } from './former-state';
import { ErrorName } from '../../../src/contract/error-names';
import {
  deploymentRecordKey, deploymentRecordPrefix, readDeploymentRecordKey, type DeploymentRecord, type RecordedDeployment,
} from '../../../src/contract/evidence/deployment-record';
import { EVIDENCE_SCHEMA } from '../../../src/contract/evidence/evidence';
import { Failure } from '../../../src/contract/failure';
import { SERVICE_TIMEOUT_SECONDS } from '../../../src/contract/limits';
import type { ChangedResource } from '../../runtime/custom-resource';
import { isAfter, type DeploymentEvent } from '../../runtime/deployment-event';
import type { ControlPorts } from '../control-ports';

type Ports = Pick<ControlPorts, 'clock' | 'evidence'>;

/** AWS CloudFormation rolls a deployment back within this time. */
const ROLLED_BACK_WITHIN_MS = 24 * 3_600_000;

/**
 * Records an Update, unless its event was recorded before. Throws if a later one is recorded.
 *
 * @param change Absent for a Create, which is not recorded
 */
export async function recordDeployment(
  event: DeploymentEvent, change: ChangedResource | undefined, { evidence, clock }: Ports,
): Promise<void> {
  const prefix = deploymentRecordPrefix(event);
  const recorded = await listRecorded(prefix, evidence);
  const now = clock.now();
  const later = findLater(event, recorded, now);
  if (later !== undefined) throw superseded(event, later);
  if (change === undefined || recorded.some(({ requestId }) => requestId === event.requestId)) return;
  const record: DeploymentRecord = {
    schema: EVIDENCE_SCHEMA,
    kind: 'deployment',
    requestId: event.requestId,
    receivedAt: now.toISOString(),
    properties: digestProperties(change.properties),
    propertiesBefore: digestProperties(change.oldProperties),
  };
  const sequence = Math.max(0, ...recorded.map((each) => each.sequence)) + 1;
  await evidence.writeOnce(deploymentRecordKey(prefix, { ...record, sequence }), record);
}

/**
 * Pure: an Update that is later than an event.
 *
 * The records of both show their order. Without a record, the time at which the event was sent decides. If that is
 * unknown, an Update is new, and the oldest event that AWS Lambda delivers is assumed for a Create.
 */
export function findLater(event: DeploymentEvent, recorded: readonly RecordedDeployment[], now: Date): RecordedDeployment | undefined {
  const own = recorded.find(({ requestId }) => requestId === event.requestId);
  const others = recorded.filter(({ requestId }) => requestId !== event.requestId);
  if (own !== undefined) return others.find(({ sequence }) => sequence > own.sequence);
  const oldest = new Date(now.getTime() - SERVICE_TIMEOUT_SECONDS * 1000);
  const sentAt = event.sentAt ?? (event.requestType === 'Create' ? oldest : now);
  return others.find(({ receivedAt }) => isAfter(new Date(receivedAt), { sentAt }));
}

/**
 * Whether an Update is the rollback of one of the last 24 hours. A rollback is an Update, and AWS CloudFormation does
 * not name it: it has exactly the properties that the other one replaced. A rollback that failed is sent again. An
 * Update that reverts a rollback is another attempt.
 */
export async function isRollback(event: DeploymentEvent, { evidence, clock }: Ports): Promise<boolean> {
  const prefix = deploymentRecordPrefix(event);
  const oldest = new Date(clock.now().getTime() - ROLLED_BACK_WITHIN_MS).toISOString();
  const recent = (await listRecorded(prefix, evidence)).filter(({ receivedAt }) => receivedAt > oldest);
  const records = await Promise.all(recent.map(async (each) => evidence.read<DeploymentRecord>(deploymentRecordKey(prefix, each))));
  let attempt: DeploymentRecord | undefined;
  for (const record of records) {
    if (record === undefined) continue;
    const reverts = attempt !== undefined
      && record.properties === attempt.propertiesBefore && record.propertiesBefore === attempt.properties;
    if (record.requestId === event.requestId) return reverts;
    if (!reverts) attempt = record;
  }
  return false;
}

/** The earliest first. */
async function listRecorded(prefix: string, evidence: Ports['evidence']): Promise<RecordedDeployment[]> {
  return (await evidence.list(prefix)).flatMap((key) => readDeploymentRecordKey(prefix, key) ?? []);
}

function superseded({ stackName, logicalId, requestType, requestId }: DeploymentEvent, later: RecordedDeployment): Failure {
  return new Failure(ErrorName.RUN_SUPERSEDED, {
    where: `${stackName}/${logicalId}`,
    what: 'event of CloudFormation was delivered again after a later one, so nothing was changed',
    given: `${requestType} ${requestId}; Update ${later.requestId} followed at ${later.receivedAt}`,
    remedy: 'no action is needed; if CloudFormation reports this as the result of a deployment, deploy again',
  });
}
