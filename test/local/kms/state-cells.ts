/** The states of AWS's table that a key of this KMS can be in. Unavailable is for custom key stores alone. */
export const STATES = [
  'Enabled',
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Creating',
  'Updating',
] as const;
export type State = (typeof STATES)[number];

/**
 * The result of an operation on a key in a state. `unreachable`: no key that the operation is for can be in that state.
 */
export type Cell =
  | 'ok' | 'disabled' | 'pending-deletion' | 'pending-replica-deletion' | 'pending-import' | 'not-pending-deletion'
  | 'external' | 'creating' | 'updating' | 'unreachable';

const row = (...cells: [Cell, Cell, Cell, Cell, Cell, Cell, Cell]): readonly Cell[] => cells;

const ALWAYS = row('ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok');
const CRYPTOGRAPHY = row('ok', 'disabled', 'pending-deletion', 'pending-replica-deletion', 'pending-import', 'creating', 'ok');
const UNLESS_PENDING_DELETION = row('ok', 'ok', 'pending-deletion', 'pending-replica-deletion', 'ok', 'ok', 'ok');
const SWITCHING = row('ok', 'ok', 'pending-deletion', 'pending-replica-deletion', 'pending-import', 'creating', 'updating');

/** No grant can be created while a key is Creating. */
const WITH_A_GRANT = row('ok', 'ok', 'ok', 'ok', 'ok', 'unreachable', 'ok');

/** AWS's table of operations and key states, written manually from its page, in the order of STATES. */
export const STATE_CELLS: { readonly [operation: string]: readonly Cell[] } = {
  CancelKeyDeletion: row(
    'not-pending-deletion',
    'not-pending-deletion',
    'ok',
    'ok',
    'not-pending-deletion',
    'not-pending-deletion',
    'not-pending-deletion',
  ),
  CreateAlias: UNLESS_PENDING_DELETION,
  CreateGrant: CRYPTOGRAPHY,
  Decapsulate: row('ok', 'disabled', 'pending-deletion', 'pending-replica-deletion', 'unreachable', 'creating', 'ok'),
  Decrypt: CRYPTOGRAPHY,
  DeleteAlias: ALWAYS,
  DeleteImportedKeyMaterial: row('ok', 'ok', 'ok', 'ok', 'ok', 'creating', 'updating'),
  DeriveSharedSecret: CRYPTOGRAPHY,
  DescribeKey: ALWAYS,
  DisableKey: SWITCHING,
  DisableKeyRotation: row('ok', 'disabled', 'pending-deletion', 'pending-replica-deletion', 'external', 'creating', 'ok'),
  EnableKey: SWITCHING,
  EnableKeyRotation: row('ok', 'disabled', 'pending-deletion', 'pending-replica-deletion', 'external', 'creating', 'ok'),
  Encapsulate: row('ok', 'disabled', 'pending-deletion', 'pending-replica-deletion', 'unreachable', 'creating', 'ok'),
  Encrypt: CRYPTOGRAPHY,
  GenerateDataKey: CRYPTOGRAPHY,
  GenerateDataKeyPair: CRYPTOGRAPHY,
  GenerateDataKeyPairWithoutPlaintext: CRYPTOGRAPHY,
  GenerateDataKeyWithoutPlaintext: CRYPTOGRAPHY,
  GenerateMac: CRYPTOGRAPHY,
  GetKeyLastUsage: ALWAYS,
  GetKeyPolicy: ALWAYS,
  GetKeyRotationStatus: row('ok', 'ok', 'ok', 'ok', 'external', 'ok', 'ok'),
  GetParametersForImport: row('ok', 'ok', 'pending-deletion', 'pending-replica-deletion', 'ok', 'creating', 'updating'),
  GetPublicKey: row('ok', 'ok', 'pending-deletion', 'pending-replica-deletion', 'ok', 'creating', 'ok'),
  ImportKeyMaterial: row('ok', 'ok', 'pending-deletion', 'pending-replica-deletion', 'ok', 'creating', 'ok'),
  ListAliases: ALWAYS,
  ListGrants: ALWAYS,
  ListKeyPolicies: ALWAYS,
  ListKeyRotations: ALWAYS,
  ListResourceTags: ALWAYS,
  PutKeyPolicy: ALWAYS,
  ReEncrypt: CRYPTOGRAPHY,
  ReplicateKey: row('ok', 'disabled', 'pending-deletion', 'pending-replica-deletion', 'pending-import', 'creating', 'updating'),
  RetireGrant: WITH_A_GRANT,
  RevokeGrant: WITH_A_GRANT,
  RotateKeyOnDemand: CRYPTOGRAPHY,
  ScheduleKeyDeletion: row('ok', 'ok', 'pending-deletion', 'pending-replica-deletion', 'ok', 'ok', 'updating'),
  Sign: CRYPTOGRAPHY,
  TagResource: UNLESS_PENDING_DELETION,
  UntagResource: UNLESS_PENDING_DELETION,
  UpdateAlias: UNLESS_PENDING_DELETION,
  UpdateKeyDescription: UNLESS_PENDING_DELETION,
  UpdatePrimaryRegion: CRYPTOGRAPHY,
  Verify: CRYPTOGRAPHY,
  VerifyMac: CRYPTOGRAPHY,
};
