import { expiryOf, isAsRequested } from './expiry';
import { assertImportable, assertRotatable } from './importable';
import { recordedOtherSecret, recordedTime, recordedVersion } from './material-record';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import type { ImportRequest } from '../../src/contract/requests/import-request';
import type { KeyMaterial } from '../ports/key-material';
import type { KeyDescription } from '../ports/keys';

/** The state of a key, as far as KMS shows it. */
export interface MaterialState {
  readonly key: KeyDescription;
  readonly materials: readonly KeyMaterial[];
  /** The complete ARN of the declared secret. */
  readonly secretArn: string;
  /** Versions that KMS refused as new in this invocation: the key already had their key material. */
  readonly refusedAsNew: ReadonlySet<string>;
}

/** One action. Each can be repeated. */
export type ImportAction =
  /** Imports key material that the key never had. Without a version: AWSCURRENT. */
  | { readonly kind: 'import-new'; readonly versionId?: string; readonly validTo?: Date }
  /** Imports key material again: it is missing, or has another expiry than the requested one. */
  | {
    readonly kind: 'reimport';
    readonly keyMaterialId: string;
    readonly versionId: string;
    readonly validTo?: Date;
    /** The secret that supplied it, if another one is declared now. */
    readonly otherSecret?: string;
  }
  /** Makes the key material that is pending rotation the current one. */
  | { readonly kind: 'rotate' };

/** A request, and when AWS CloudFormation sent it, in whole seconds. Undefined: no event, or its time is unknown. */
export interface DatedRequest extends ImportRequest {
  readonly sentAt?: Date;
}

export interface ImportPlan {
  readonly actions: readonly ImportAction[];
  /**
   * The requested version, if the key already had its key material: KMS cannot make older key material current again.
   */
  readonly ignoredRollbackTo?: string;
}

/**
 * The next actions from the key material of a key to the requested one. Empty: the key has it.
 *
 * Create and Update, a first attempt and one after a crash are planned alike, from the state of the key. Existing key
 * material is renewed first, because KMS cannot rotate a key with missing key material. New key material follows.
 */
export function planImport(state: MaterialState, request: DatedRequest, now: Date): ImportPlan {
  assertImportable(state.key);
  refuseSuperseded(state, request);
  const validTo = expiryOf(request.expiration, now);
  const current = state.materials.find(({ use }) => use === 'CURRENT');
  if (current === undefined) return { actions: [{ kind: 'import-new', versionId: request.secret.versionId, validTo }] };

  const outdated = state.materials.filter((material) => isAssociated(material) && !isUpToDate(material, request, now));
  if (outdated.length > 0) return { actions: outdated.map((material) => reimport(state, material, request, validTo)) };

  const { versionId } = request.secret;
  const keepsCurrent = versionId === undefined || versionId === recordedVersion(current.description);
  // The version id in another secret proves nothing: KMS compares the key material when it is imported again.
  if (keepsCurrent && isFromOtherSecret(state, current)) return { actions: [reimport(state, current, request, validTo)] };
  if (keepsCurrent) return { actions: [] };
  return planNextMaterial(state, request, { versionId, validTo }, now);
}

/** AWS Lambda may deliver an event again after a later one, and would restore the expiry that this one has changed. */
function refuseSuperseded({ key, materials }: MaterialState, { sentAt }: DatedRequest): void {
  if (sentAt === undefined) return;
  for (const { keyMaterialId, description } of materials) {
    const imported = recordedTime(description);
    if (imported === undefined || imported <= sentAt) continue;
    throw new Failure(ErrorName.RUN_SUPERSEDED, {
      where: `key material ${keyMaterialId} of ${key.keyArn}`,
      what: 'event of CloudFormation was delivered again after a later one, so nothing was changed',
      given: `sent at ${sentAt.toISOString()}; a deployment of ${imported.toISOString()} imported the key material`,
      remedy: 'no action is needed; if CloudFormation reports this as the result of a deployment, deploy again',
    });
  }
}

/** Plans the change to another version than the current one. */
function planNextMaterial(
  state: MaterialState, request: ImportRequest, next: { versionId: string; validTo?: Date }, now: Date,
): ImportPlan {
  const { key, materials } = state;
  const isNext = (material: KeyMaterial) =>
    recordedVersion(material.description) === next.versionId && !isFromOtherSecret(state, material);
  const pending = materials.find(({ use }) => use === 'PENDING_ROTATION');
  if (pending !== undefined && isNext(pending)) {
    if (!isUpToDate(pending, request, now)) return { actions: [reimport(state, pending, request, next.validTo)] };
    assertRotatable(key);
    return { actions: [{ kind: 'rotate' }] };
  }
  if (materials.some(isNext) || state.refusedAsNew.has(next.versionId)) return { actions: [], ignoredRollbackTo: next.versionId };
  if (pending !== undefined) throw otherMaterialPending(key, pending);
  assertRotatable(key);
  return { actions: [{ kind: 'import-new', ...next }] };
}

/** Key material that is or was current is needed permanently: if one is missing, the whole key is unusable. */
function isAssociated({ use }: KeyMaterial): boolean {
  return use === 'CURRENT' || use === 'NON_CURRENT';
}

function isUpToDate(material: KeyMaterial, request: ImportRequest, now: Date): boolean {
  return material.imported && isAsRequested(material.validTo, request.expiration, now);
}

function isFromOtherSecret({ secretArn }: MaterialState, { description }: KeyMaterial): boolean {
  return recordedOtherSecret(description, secretArn) !== undefined;
}

/** Imports from the recorded version, never from AWSCURRENT: that version may contain other key material. */
function reimport({ secretArn }: MaterialState, material: KeyMaterial, request: ImportRequest, validTo: Date | undefined): ImportAction {
  const versionId = recordedVersion(material.description) ?? request.secret.versionId;
  const otherSecret = recordedOtherSecret(material.description, secretArn);
  if (versionId !== undefined) {
    const { keyMaterialId } = material;
    return { kind: 'reimport', keyMaterialId, versionId, validTo, ...(otherSecret !== undefined && { otherSecret }) };
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `key material ${material.keyMaterialId}`,
    what: 'key material must be imported again, and its secret version is unknown',
    given: material.description === undefined ? 'no description' : `description ${JSON.stringify(material.description)}`,
    remedy: 'name the secret version that contains it: KeyMaterialSource.secret(secret, { versionId })',
  });
}

function otherMaterialPending(key: KeyDescription, pending: KeyMaterial): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: key.keyArn,
    what: 'other key material is pending rotation',
    given: `key material ${pending.keyMaterialId} from ${pending.description ?? 'an unknown source'}`,
    allowed: 'one key material that is pending rotation',
    remedy: 'make it current (kms:RotateKeyOnDemand) or delete it (kms:DeleteImportedKeyMaterial with its id), then deploy again',
  });
}
