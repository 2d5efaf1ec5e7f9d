import { disabled, invalidState, unsupportedOrigin, type KmsError } from '../errors';
import type { KmsKey } from './kms-key';

/** The states that a key of this KMS can be in. */
export const KEY_STATES = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** The state follows from what a key is: there is no second truth to keep in step. */
export function stateOf(key: KmsKey): KeyState {
  if (key.deletionAt !== undefined) return 'PendingDeletion';
  const { current, associated } = key.materials;
  if (current === undefined || associated.some((material) => material.secret === undefined)) return 'PendingImport';
  return key.disabled ? 'Disabled' : 'Enabled';
}

/** What an operation meets in a state: it goes on, or AWS's refusal. */
export type StateRule = 'ok' | 'disabled' | 'pendingDeletion' | 'pendingImport' | 'notPendingDeletion' | 'origin';

type Row = readonly [enabled: StateRule, disabled: StateRule, pendingDeletion: StateRule, pendingImport: StateRule];

const ALWAYS: Row = ['ok', 'ok', 'ok', 'ok'];
const TO_USE_THE_KEY: Row = ['ok', 'disabled', 'pendingDeletion', 'pendingImport'];
const NOT_WHEN_PENDING_DELETION: Row = ['ok', 'ok', 'pendingDeletion', 'ok'];
const TO_SWITCH_ON_OR_OFF: Row = ['ok', 'ok', 'pendingDeletion', 'pendingImport'];

/** The one table of operations and states. For UpdateAlias the key meant is the new target. */
export const STATE_RULES = {
  CancelKeyDeletion: ['notPendingDeletion', 'notPendingDeletion', 'ok', 'notPendingDeletion'],
  CreateAlias: NOT_WHEN_PENDING_DELETION,
  Decrypt: TO_USE_THE_KEY,
  DeleteAlias: ALWAYS,
  DeleteImportedKeyMaterial: ALWAYS,
  DescribeKey: ALWAYS,
  DisableKey: TO_SWITCH_ON_OR_OFF,
  EnableKey: TO_SWITCH_ON_OR_OFF,
  Encrypt: TO_USE_THE_KEY,
  GenerateDataKey: TO_USE_THE_KEY,
  GenerateDataKeyWithoutPlaintext: TO_USE_THE_KEY,
  GetKeyLastUsage: ALWAYS,
  GetKeyPolicy: ALWAYS,
  GetKeyRotationStatus: ['ok', 'ok', 'ok', 'origin'],
  GetParametersForImport: NOT_WHEN_PENDING_DELETION,
  ImportKeyMaterial: NOT_WHEN_PENDING_DELETION,
  ListAliases: ALWAYS,
  ListGrants: ALWAYS,
  ListKeyPolicies: ALWAYS,
  ListKeyRotations: ALWAYS,
  ListResourceTags: ALWAYS,
  PutKeyPolicy: ALWAYS,
  ReEncrypt: TO_USE_THE_KEY,
  RotateKeyOnDemand: TO_USE_THE_KEY,
  ScheduleKeyDeletion: NOT_WHEN_PENDING_DELETION,
  TagResource: NOT_WHEN_PENDING_DELETION,
  UntagResource: NOT_WHEN_PENDING_DELETION,
  UpdateAlias: NOT_WHEN_PENDING_DELETION,
  UpdateKeyDescription: NOT_WHEN_PENDING_DELETION,
} as const satisfies Record<string, Row>;

/** Operations that act on a key, and so ask for its state. */
export type KeyOperation = keyof typeof STATE_RULES;

/** Throws what AWS says when a key in its present state cannot serve the operation. */
export function requireState(operation: KeyOperation, key: KmsKey): void {
  const rule = STATE_RULES[operation][KEY_STATES.indexOf(stateOf(key))];
  if (rule !== undefined && rule !== 'ok') throw refusal(rule, key);
}

function refusal(rule: Exclude<StateRule, 'ok'>, key: KmsKey): KmsError {
  switch (rule) {
    case 'disabled': return disabled(key.arn);
    case 'pendingDeletion': return invalidState(`${key.arn} is pending deletion.`);
    case 'pendingImport': return invalidState(`${key.arn} is pending import.`);
    case 'notPendingDeletion': return invalidState(`${key.arn} is not pending deletion.`);
    case 'origin': return unsupportedOrigin(key.arn, key.origin);
  }
}
