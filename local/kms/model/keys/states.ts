import type { KmsKey } from './kms-key';
import { disabled, invalidState, unsupportedOrigin, type KmsError } from '../../protocol/errors';

/**
 * The key states of this KMS. AWS has one more, Unavailable, for keys in custom key stores, which are not supported.
 */
export const KEY_STATES = [
  'Enabled', 'Disabled', 'PendingDeletion', 'PendingReplicaDeletion', 'PendingImport', 'Creating', 'Updating',
] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** The key state of a key. It follows from the other properties and is never stored. */
export function stateOf(key: KmsKey): KeyState {
  if (key.deletionAt !== undefined) return 'PendingDeletion';
  if (key.deletionWindowInDays !== undefined) return 'PendingReplicaDeletion';
  if (key.transition !== undefined) return key.transition.state;
  if (!key.materials.complete) return 'PendingImport';
  return key.disabled ? 'Disabled' : 'Enabled';
}

/** The result of an operation in a key state: it is allowed, or AWS's refusal. */
export type StateRule = 'ok' | 'disabled' | 'pendingDeletion' | 'pendingImport' | 'notPendingDeletion' | 'origin' | 'creating' | 'updating';

/**
 * The rules for a key that is Enabled, Disabled, PendingDeletion (also of a replica),
 * PendingImport, Creating, Updating.
 */
type Row = readonly [
  enabled: StateRule, disabled: StateRule, pendingDeletion: StateRule, pendingImport: StateRule, creating: StateRule, updating: StateRule,
];
const COLUMN: Record<KeyState, 0 | 1 | 2 | 3 | 4 | 5> = {
  Enabled: 0, Disabled: 1, PendingDeletion: 2, PendingReplicaDeletion: 2, PendingImport: 3, Creating: 4, Updating: 5,
};

const ALWAYS: Row = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok'];
const TO_USE_THE_KEY: Row = ['ok', 'disabled', 'pendingDeletion', 'pendingImport', 'creating', 'ok'];
const TO_REPLICATE: Row = ['ok', 'disabled', 'pendingDeletion', 'pendingImport', 'creating', 'updating'];
const NOT_WHEN_PENDING_DELETION: Row = ['ok', 'ok', 'pendingDeletion', 'ok', 'ok', 'ok'];
const TO_SWITCH_ON_OR_OFF: Row = ['ok', 'ok', 'pendingDeletion', 'pendingImport', 'creating', 'updating'];
const TO_CHANGE_AUTOMATIC_ROTATION: Row = ['ok', 'disabled', 'pendingDeletion', 'origin', 'creating', 'ok'];
const CANCEL: Row = ['notPendingDeletion', 'notPendingDeletion', 'ok', 'notPendingDeletion', 'notPendingDeletion', 'notPendingDeletion'];

/** The table of operations and key states. For UpdateAlias the key is the new target. */
export const STATE_RULES = {
  CancelKeyDeletion: CANCEL,
  CreateAlias: NOT_WHEN_PENDING_DELETION,
  CreateGrant: TO_USE_THE_KEY,
  Decapsulate: TO_USE_THE_KEY,
  Decrypt: TO_USE_THE_KEY,
  DeleteAlias: ALWAYS,
  DeleteImportedKeyMaterial: ['ok', 'ok', 'ok', 'ok', 'creating', 'updating'],
  DeriveSharedSecret: TO_USE_THE_KEY,
  DescribeKey: ALWAYS,
  DisableKey: TO_SWITCH_ON_OR_OFF,
  DisableKeyRotation: TO_CHANGE_AUTOMATIC_ROTATION,
  EnableKey: TO_SWITCH_ON_OR_OFF,
  EnableKeyRotation: TO_CHANGE_AUTOMATIC_ROTATION,
  Encapsulate: TO_USE_THE_KEY,
  Encrypt: TO_USE_THE_KEY,
  GenerateDataKey: TO_USE_THE_KEY,
  GenerateDataKeyPair: TO_USE_THE_KEY,
  GenerateDataKeyPairWithoutPlaintext: TO_USE_THE_KEY,
  GenerateDataKeyWithoutPlaintext: TO_USE_THE_KEY,
  GenerateMac: TO_USE_THE_KEY,
  GetKeyLastUsage: ALWAYS,
  GetKeyPolicy: ALWAYS,
  GetKeyRotationStatus: ['ok', 'ok', 'ok', 'origin', 'ok', 'ok'],
  GetParametersForImport: ['ok', 'ok', 'pendingDeletion', 'ok', 'creating', 'updating'],
  GetPublicKey: ['ok', 'ok', 'pendingDeletion', 'ok', 'creating', 'ok'],
  ImportKeyMaterial: ['ok', 'ok', 'pendingDeletion', 'ok', 'creating', 'ok'],
  ListAliases: ALWAYS,
  ListGrants: ALWAYS,
  ListKeyPolicies: ALWAYS,
  ListKeyRotations: ALWAYS,
  ListResourceTags: ALWAYS,
  PutKeyPolicy: ALWAYS,
  ReEncrypt: TO_USE_THE_KEY,
  ReplicateKey: TO_REPLICATE,
  RetireGrant: ALWAYS,
  RevokeGrant: ALWAYS,
  RotateKeyOnDemand: TO_USE_THE_KEY,
  ScheduleKeyDeletion: ['ok', 'ok', 'pendingDeletion', 'ok', 'ok', 'updating'],
  Sign: TO_USE_THE_KEY,
  TagResource: NOT_WHEN_PENDING_DELETION,
  UntagResource: NOT_WHEN_PENDING_DELETION,
  UpdateAlias: NOT_WHEN_PENDING_DELETION,
  UpdateKeyDescription: NOT_WHEN_PENDING_DELETION,
  UpdatePrimaryRegion: TO_USE_THE_KEY,
  Verify: TO_USE_THE_KEY,
  VerifyMac: TO_USE_THE_KEY,
} as const satisfies Record<string, Row>;

/** Operations that act on a key, and therefore depend on its state. */
export type KeyOperation = keyof typeof STATE_RULES;

/** Throws AWS's refusal if a key in its present state does not allow the operation. */
export function requireState(operation: KeyOperation, key: KmsKey): void {
  const rule: StateRule = STATE_RULES[operation][COLUMN[stateOf(key)]];
  if (rule !== 'ok') throw refusal(rule, key);
}

function refusal(rule: Exclude<StateRule, 'ok'>, key: KmsKey): KmsError {
  switch (rule) {
    case 'disabled': return disabled(key.arn);
    case 'pendingDeletion': {
      const replica = stateOf(key) === 'PendingReplicaDeletion' ? 'replica ' : '';
      return invalidState(`${key.arn} is pending ${replica}deletion.`);
    }
    case 'pendingImport': return invalidState(`${key.arn} is pending import.`);
    case 'notPendingDeletion': return invalidState(`${key.arn} is not pending deletion.`);
    case 'origin': return unsupportedOrigin(key.arn, key.origin);
    case 'creating': return invalidState(`${key.arn} is creating.`);
    case 'updating': return invalidState(`${key.arn} is updating.`);
  }
}
