import { ErrorName } from '../../src/contract/error-names';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { Clock, KeyMaterial, KeyMaterialPort, SecretPort } from '../ports';
import { bringAgain, bringNew } from './bring-material';
import { assertImportable, isReady } from './importable';
import { recordedVersion } from './material-record';
import { pinVersions } from './pin-versions';
import { planImport, type ImportAction, type ImportPlan, type MaterialState } from './plan-import';
import { PropagationRetry } from './propagation-retry';
import { oaepHash } from './wrap';
import { Failure } from '../../src/contract/failure';
import type { Log } from '../runtime/log';

export interface ImportPorts {
  readonly kms: KeyMaterialPort;
  readonly secrets: SecretPort;
  readonly clock: Clock;
  readonly log: Log;
}

/** The material of a key after the requested import. */
export interface ImportedMaterial {
  readonly keyArn: string;
  readonly keyId: string;
  /** The current material. */
  readonly keyMaterialId: string;
  /** The secret version that the material comes from; absent if another principal imported it. */
  readonly secretVersionId?: string;
  /** When the first of the key's materials expires, and the key with it. Absent: never. */
  readonly validTo?: Date;
}

/**
 * Brings a key to the requested material, from any state.
 *
 * It reads the state, performs the next action and reads again, until no action is left. It can be interrupted anywhere and repeated.
 * It waits until a new key or policy has propagated, and until the result is visible.
 */
export async function importKeyMaterial(request: ImportRequest, ports: ImportPorts): Promise<ImportedMaterial> {
  oaepHash(request.wrappingAlgorithm);
  const attempt: Attempt = { done: new Set(), refusedAsNew: new Set() };
  const patience = new PropagationRetry(request.keyArn, ports.clock);
  for (;;) {
    const outcome = await patience.during(async () => proceed(request, attempt, ports));
    if (outcome === 'wait') await patience.wait();
    else if (outcome !== 'read-again') return outcome;
  }
}

/** The actions of this invocation, whose effect KMS may not show yet. */
interface Attempt {
  readonly done: Set<string>;
  readonly refusedAsNew: Set<string>;
  newMaterialId?: string;
}

async function proceed(request: ImportRequest, attempt: Attempt, ports: ImportPorts): Promise<ImportedMaterial | 'read-again' | 'wait'> {
  const state = await readState(request.keyArn, attempt, ports.kms);
  const plan = planImport(state, request, ports.clock.now());
  if (plan.actions.length === 0 && isReady(state.key)) return finish(state, plan, request, attempt, ports);
  const undone = plan.actions.filter((action) => !attempt.done.has(nameOf(action)));
  for (const action of undone) {
    await perform(action, request, attempt, ports);
    attempt.done.add(nameOf(action));
  }
  return undone.length === 0 ? 'wait' : 'read-again';
}

async function readState(keyArn: string, { refusedAsNew }: Attempt, kms: KeyMaterialPort): Promise<MaterialState> {
  const key = await kms.describeKey(keyArn);
  assertImportable(key);
  return { key, materials: await kms.listKeyMaterials(keyArn), refusedAsNew };
}

async function perform(action: ImportAction, request: ImportRequest, attempt: Attempt, ports: ImportPorts): Promise<void> {
  switch (action.kind) {
    case 'rotate':
      return ports.kms.rotateKeyOnDemand(request.keyArn);
    case 'import-again':
      return bringAgain(action, request, ports);
    case 'import-new': {
      const versionId = action.versionId ?? await ports.secrets.currentVersionId(request.secret.secretArn);
      const answer = await bringNew({ ...action, versionId }, request, ports);
      if (answer === 'wrong-material') attempt.refusedAsNew.add(versionId);
      else attempt.newMaterialId = answer.keyMaterialId;
    }
  }
}

/** No action is left: labels the secret versions so that they are kept, and returns the material of the key. */
async function finish(
  state: MaterialState, plan: ImportPlan, request: ImportRequest, attempt: Attempt, ports: ImportPorts,
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
  if (plan.wouldGoBackTo !== undefined) ports.log.warn('material-rollback-ignored', { ...fields, requestedVersion: plan.wouldGoBackTo });
  ports.log.info('material-in-place', { ...fields, validTo: outcome.validTo?.toISOString(), changed: attempt.done.size > 0 });
  return outcome;
}

/** The current material. If this invocation imported one, it must be that one. */
function currentOf({ key, materials }: MaterialState, { newMaterialId }: Attempt): KeyMaterial {
  const current = materials.find(({ use }) => use === 'CURRENT');
  if (current !== undefined && (newMaterialId === undefined || newMaterialId === current.keyMaterialId)) return current;
  throw new Failure(ErrorName.VERIFICATION_FAILED, {
    where: key.keyArn,
    what: 'the current key material is not the one that was imported',
    given: current?.keyMaterialId ?? 'none',
    allowed: newMaterialId,
    remedy: 'search CloudTrail for other principals that import into this key, then deploy again',
  });
}

function firstExpiry(materials: readonly KeyMaterial[]): Date | undefined {
  const instants = materials.flatMap(({ use, validTo }) => use === 'PENDING_ROTATION' || validTo === undefined ? [] : [validTo.getTime()]);
  return instants.length === 0 ? undefined : new Date(Math.min(...instants));
}

/** Without the expiry: "300 days from now" is another instant in every round, but the same action. */
function nameOf(action: ImportAction): string {
  switch (action.kind) {
    case 'rotate': return action.kind;
    case 'import-new': return `${action.kind} ${action.versionId}`;
    case 'import-again': return `${action.kind} ${action.keyMaterialId}`;
  }
}
