import { requireFreeLabel } from './free-labels';
import { importNewVersion, reimportVersion } from './import-version';
import { assertImportable, isEnabledOrDisabled } from './importable';
import { recordedVersion } from './material-record';
import { pinVersions } from './pin-versions';
import { planImport, type DatedRequest, type ImportAction, type ImportPlan, type MaterialState } from './plan-import';
import { PropagationRetry } from './propagation-retry';
import { oaepHash } from './wrap';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { Clock } from '../ports/clock';
import type { KeyMaterial, KeyMaterialPort, SecretPort } from '../ports/key-material';
import type { Log } from '../runtime/log';

export interface ImportPorts {
  readonly kms: KeyMaterialPort;
  readonly secrets: SecretPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** The key material of a key after the requested import. */
export interface ImportedMaterial {
  readonly keyArn: string;
  readonly keyId: string;
  /** The current key material. */
  readonly keyMaterialId: string;
  /** The secret version of the key material. Absent if another tool imported it. */
  readonly secretVersionId?: string;
  /** When the first key material of the key expires. Then the key is unusable. Absent: never. */
  readonly validTo?: Date;
}

/**
 * Imports the requested key material into a key, from any state of the key.
 *
 * It reads the state, performs the next action and reads again, until no action is left. It can be interrupted at any
 * point and repeated. It waits until a new key or policy has propagated, and until the result is visible.
 */
export async function importKeyMaterial(request: DatedRequest, ports: ImportPorts): Promise<ImportedMaterial> {
  oaepHash(request.wrappingAlgorithm);
  const attempt: Attempt = { done: new Set(), refusedAsNew: new Set() };
  const retry = new PropagationRetry(request.keyArn, ports.clock);
  for (;;) {
    const outcome = await retry.during(async () => proceed(request, attempt, ports));
    if (outcome === 'wait') await retry.wait();
    else if (outcome !== 'read-again') return outcome;
  }
}

/** The actions of this invocation. KMS may not show their effect yet. */
interface Attempt {
  readonly done: Set<string>;
  readonly refusedAsNew: Set<string>;
  /** The complete ARN of the secret, after it has been read. */
  secretArn?: string;
  newMaterialId?: string;
}

async function proceed(request: DatedRequest, attempt: Attempt, ports: ImportPorts): Promise<ImportedMaterial | 'read-again' | 'wait'> {
  const state = await readState(request, attempt, ports);
  const plan = planImport(state, request, ports.clock.now());
  if (plan.actions.length === 0 && isEnabledOrDisabled(state.key)) return finish(state, plan, request, attempt, ports);
  const undone = plan.actions.filter((action) => !attempt.done.has(nameOf(action)));
  for (const action of undone) {
    await perform(action, { ...request, secretArn: state.secretArn }, attempt, ports);
    attempt.done.add(nameOf(action));
  }
  return undone.length === 0 ? 'wait' : 'read-again';
}

async function readState({ keyArn, secret }: ImportRequest, attempt: Attempt, { kms, secrets }: ImportPorts): Promise<MaterialState> {
  const key = await kms.describeKey(keyArn);
  assertImportable(key);
  const materials = await kms.listKeyMaterials(keyArn);
  attempt.secretArn ??= await secrets.completeArn(secret.secretArn);
  return { key, materials, secretArn: attempt.secretArn, refusedAsNew: attempt.refusedAsNew };
}

async function perform(
  action: ImportAction, { secretArn, ...request }: DatedRequest & { readonly secretArn: string }, attempt: Attempt, ports: ImportPorts,
): Promise<void> {
  switch (action.kind) {
    case 'rotate':
      return ports.kms.rotateKeyOnDemand(request.keyArn);
    case 'reimport':
      return reimportVersion({ ...action, secretArn }, request, ports);
    case 'import-new': {
      await requireFreeLabel(request.secret.secretArn, ports);
      const versionId = action.versionId ?? await ports.secrets.currentVersionId(request.secret.secretArn);
      const outcome = await importNewVersion({ ...action, versionId, secretArn }, request, ports);
      if (outcome === 'wrong-material') attempt.refusedAsNew.add(versionId);
      else attempt.newMaterialId = outcome.keyMaterialId;
    }
  }
}

/**
 * No action is left: labels the secret versions so that Secrets Manager keeps them, and returns the key material
 * of the key.
 */
async function finish(
  state: MaterialState, plan: ImportPlan, request: DatedRequest, attempt: Attempt, ports: ImportPorts,
): Promise<ImportedMaterial> {
  const current = currentOf(state, attempt);
  await pinVersions(state, request.secret.secretArn, ports);
  const outcome: ImportedMaterial = {
    keyArn: state.key.keyArn,
    keyId: state.key.keyId,
    keyMaterialId: current.keyMaterialId,
    secretVersionId: recordedVersion(current.description),
    validTo: firstExpiry(state.materials),
  };
  const fields = { keyArn: outcome.keyArn, keyMaterialId: outcome.keyMaterialId, secretVersionId: outcome.secretVersionId };
  if (plan.ignoredRollbackTo !== undefined) {
    ports.log.warn('material-rollback-ignored', { ...fields, requestedVersion: plan.ignoredRollbackTo });
  }
  ports.log.info('material-in-place', { ...fields, validTo: outcome.validTo?.toISOString(), changed: attempt.done.size > 0 });
  return outcome;
}

/** The current key material. If this invocation imported key material, it must be that one. */
function currentOf({ key, materials }: MaterialState, { newMaterialId }: Attempt): KeyMaterial {
  const current = materials.find(({ use }) => use === 'CURRENT');
  if (current !== undefined && (newMaterialId === undefined || newMaterialId === current.keyMaterialId)) return current;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: key.keyArn,
    what: 'current key material is not the imported one',
    given: current?.keyMaterialId ?? 'none',
    allowed: newMaterialId,
    remedy: 'search CloudTrail for other principals that import into this key, then deploy again',
  });
}

function firstExpiry(materials: readonly KeyMaterial[]): Date | undefined {
  const instants = materials.flatMap(({ use, validTo }) => use === 'PENDING_ROTATION' || validTo === undefined ? [] : [validTo.getTime()]);
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
}

/**
 * Identifies an action, without its expiry: "300 days from now" is another instant in each round, but the same action.
 */
function nameOf(action: ImportAction): string {
  switch (action.kind) {
    case 'rotate': return action.kind;
    case 'import-new': return `${action.kind} ${action.versionId}`;
    case 'reimport': return `${action.kind} ${action.keyMaterialId}`;
  }
}
