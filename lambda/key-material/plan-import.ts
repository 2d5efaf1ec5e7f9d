import { ErrorName } from '../../src/contract/error-names';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { KeyDescription, KeyMaterial } from '../ports';
import { expiryOf, isAsRequested } from './expiry';
import { assertImportable, assertRotatable } from './importable';
import { recordedVersion } from './material-record';
import { Failure } from '../../src/contract/failure';

/** What a key has, as far as it can be seen. */
export interface MaterialState {
  readonly key: KeyDescription;
  readonly materials: readonly KeyMaterial[];
  /** Versions that KMS has refused as new in this invocation: it has had their bytes before. */
  readonly refusedAsNew: ReadonlySet<string>;
}

/** One thing to be done. Each may be done twice. */
export type ImportAction =
  /** Gives the key bytes that it has never had. Without a version: whatever is AWSCURRENT. */
  | { readonly kind: 'import-new'; readonly versionId?: string; readonly validTo?: Date }
  /** Gives the key bytes again that it knows: they are missing, or expire at another time than is wanted. */
  | { readonly kind: 'import-again'; readonly keyMaterialId: string; readonly versionId: string; readonly validTo?: Date }
  /** Makes the material that waits current. */
  | { readonly kind: 'rotate' };

export interface ImportPlan {
  readonly actions: readonly ImportAction[];
  /** The version that was asked for, when the key has had its bytes before: material only goes forward, so nothing is done about it. */
  readonly wouldGoBackTo?: string;
}

/**
 * The next things to do on the way from the material that a key has to the material that was asked for. None left: it is there.
 *
 * Create and Update, the first attempt and the one after a crash are all the same question. What is there already is renewed first,
 * since a key that lacks one material cannot be rotated; new bytes come when that is done.
 */
export function planImport(state: MaterialState, request: ImportRequest, now: Date): ImportPlan {
  assertImportable(state.key);
  const validTo = expiryOf(request.expiration, now);
  const current = state.materials.find(({ use }) => use === 'CURRENT');
  if (current === undefined) return { actions: [{ kind: 'import-new', versionId: request.secret.versionId, validTo }] };

  const outOfOrder = state.materials.filter((material) => isAssociated(material) && !isInOrder(material, request, now));
  if (outOfOrder.length > 0) return { actions: outOfOrder.map((material) => importAgain(material, request, validTo)) };

  const wanted = request.secret.versionId;
  if (wanted === undefined || wanted === recordedVersion(current.description)) return { actions: [] };
  return planNextMaterial(state, request, { versionId: wanted, validTo }, now);
}

/** Other bytes are wanted than the current ones. */
function planNextMaterial(
  state: MaterialState, request: ImportRequest, wanted: { versionId: string; validTo?: Date }, now: Date,
): ImportPlan {
  const { key, materials } = state;
  const waiting = materials.find(({ use }) => use === 'PENDING_ROTATION');
  if (waiting !== undefined && recordedVersion(waiting.description) === wanted.versionId) {
    if (!isInOrder(waiting, request, now)) return { actions: [importAgain(waiting, request, wanted.validTo)] };
    assertRotatable(key);
    return { actions: [{ kind: 'rotate' }] };
  }
  const hadBefore = materials.some(({ description }) => recordedVersion(description) === wanted.versionId);
  if (hadBefore || state.refusedAsNew.has(wanted.versionId)) return { actions: [], wouldGoBackTo: wanted.versionId };
  if (waiting !== undefined) throw somethingElseWaits(key, waiting);
  assertRotatable(key);
  return { actions: [{ kind: 'import-new', ...wanted }] };
}

/** Every material that the key ever had as current is needed for ever, or the whole key is out of service. */
function isAssociated({ use }: KeyMaterial): boolean {
  return use === 'CURRENT' || use === 'NON_CURRENT';
}

function isInOrder(material: KeyMaterial, request: ImportRequest, now: Date): boolean {
  return material.imported && isAsRequested(material.validTo, request.expiration, now);
}

/** From the version that gave the bytes, never from AWSCURRENT: that one may hold other bytes by now. */
function importAgain(material: KeyMaterial, request: ImportRequest, validTo: Date | undefined): ImportAction {
  const versionId = recordedVersion(material.description) ?? request.secret.versionId;
  if (versionId !== undefined) return { kind: 'import-again', keyMaterialId: material.keyMaterialId, versionId, validTo };
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `key material ${material.keyMaterialId}`,
    what: 'has to be imported again, and nothing says which version of the secret gave its bytes',
    given: material.description === undefined ? 'no description' : `description ${JSON.stringify(material.description)}`,
    remedy: 'name the version with KeyMaterialSource.secret(secret, { versionId })',
  });
}

function somethingElseWaits(key: KeyDescription, waiting: KeyMaterial): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: key.keyArn,
    what: 'other key material waits for its rotation already',
    given: `key material ${waiting.keyMaterialId} from ${waiting.description ?? 'an unknown source'}`,
    allowed: 'one that waits',
    remedy: 'an administrator makes it current (kms:RotateKeyOnDemand) or deletes it (kms:DeleteImportedKeyMaterial with its id); then deploy again',
  });
}
