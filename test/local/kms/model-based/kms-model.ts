import type { Described } from '../local-kms-bench';

/*
 * What AWS says about keys, their materials and ciphertexts, as plain data and a few rules. Written from AWS's
 * documentation, not from the local KMS, so that each can be wrong only by itself.
 */

export interface Material {
  readonly id: string;
  /** The key material of the test that was imported; absent for key material of KMS. */
  readonly bytes?: number;
  present: boolean;
  expiresAt?: number;
}

export interface Key {
  /** As CreateKey returned it: members that no call changes stay as they are. */
  readonly created: Described;
  /** Those that data may be under, oldest first: the last one is the current one. */
  readonly materials: Material[];
  pending?: Material;
  disabled: boolean;
  deletionAt?: number;
  gone: boolean;
}

export interface Ciphertext {
  readonly blob: Uint8Array;
  readonly key: Key;
  readonly material: Material;
  readonly context: EncryptionContext;
  readonly plaintext: string;
}

export type EncryptionContext = Record<string, string> | undefined;

export interface Model {
  now: number;
  readonly keys: Key[];
  readonly ciphertexts: Ciphertext[];
  /** The target of the one alias; absent after its key was deleted. */
  aliased: Key | undefined;
}

/** The name of an error, or nothing where the call is answered. */
export type Refusal = string | undefined;

export function currentOf(key: Key): Material | undefined {
  return key.materials.at(-1);
}

export function isExternal(key: Key): boolean {
  return key.created.Origin === 'EXTERNAL';
}

export function stateOf(key: Key): 'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' {
  if (key.deletionAt !== undefined) return 'PendingDeletion';
  if (key.materials.length === 0 || key.materials.some((material) => !material.present)) return 'PendingImport';
  return key.disabled ? 'Disabled' : 'Enabled';
}

/** Why a key cannot be used or rotated. */
export function refusalOfUse(key: Key | undefined): Refusal {
  if (key === undefined || key.gone) return 'NotFoundException';
  switch (stateOf(key)) {
    case 'Enabled': return undefined;
    case 'Disabled': return 'DisabledException';
    default: return 'KMSInvalidStateException';
  }
}

/** Why a key cannot be changed that is in one of these states. */
export function refusalOfChange(key: Key, ...states: ReturnType<typeof stateOf>[]): Refusal {
  if (key.gone) return 'NotFoundException';
  return states.includes(stateOf(key)) ? 'KMSInvalidStateException' : undefined;
}

/**
 * A call that names a key must name that of the ciphertext. A call that names no key gets no information
 * about deleted keys.
 */
export function refusalToOpen(ciphertext: Ciphertext, context: EncryptionContext, named: Key | undefined | 'none'): Refusal {
  if (named === 'none' && ciphertext.key.gone) return 'AccessDeniedException';
  const key = named === 'none' ? ciphertext.key : named;
  const refusal = refusalOfUse(key);
  if (refusal !== undefined) return refusal;
  if (key !== ciphertext.key) return 'IncorrectKeyException';
  return samePairs(context, ciphertext.context) ? undefined : 'InvalidCiphertextException';
}

/** The effects of time: key material expires, and keys are deleted with their aliases. */
export function moveTime(model: Model, milliseconds: number): void {
  model.now += milliseconds;
  const isOver = (moment: number | undefined) => moment !== undefined && moment <= model.now;
  for (const key of model.keys) {
    key.materials.filter((material) => isOver(material.expiresAt)).forEach(lose);
    if (isOver(key.pending?.expiresAt)) key.pending = undefined;
    if (isOver(key.deletionAt)) key.gone = true;
  }
  if (model.aliased?.gone === true) model.aliased = undefined;
}

export function lose(material: Material): void {
  material.present = false;
  material.expiresAt = undefined;
}

/** The members of DescribeKey. */
export function metadataOf(key: Key): object {
  const { created } = key;
  const state = stateOf(key);
  const showsExpiry = isExternal(key) && key.materials.length > 0 && key.materials.every((material) => material.present);
  const earliest = Math.min(...key.materials.map((material) => material.expiresAt ?? Infinity));
  return {
    ...created,
    Enabled: state === 'Enabled',
    KeyState: state,
    CurrentKeyMaterialId: currentOf(key)?.id,
    DeletionDate: key.deletionAt === undefined ? undefined : new Date(key.deletionAt),
    ExpirationModel: !showsExpiry ? undefined : earliest === Infinity ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
    ValidTo: showsExpiry && earliest !== Infinity ? new Date(earliest) : undefined,
  };
}

function samePairs(one: EncryptionContext = {}, other: EncryptionContext = {}): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
