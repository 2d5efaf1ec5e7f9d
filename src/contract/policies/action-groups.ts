import { matchesWildcard } from './wildcard';

/** KMS actions that share one description. */
export interface ActionGroup {
  /** What an allowed principal does: `encrypts`. */
  readonly description: string;
  /** The actions, without `kms:`. */
  readonly actions: readonly string[];
  /** The actions do not apply to a key, so no key policy can allow them. */
  readonly withoutKey?: true;
}

/** Every action of KMS, each in exactly one group: first the use of keys, then their management, then reads. */
export const ACTION_GROUPS: readonly ActionGroup[] = [
  { description: 'encrypts', actions: ['Encrypt'] },
  {
    description: 'generates data keys',
    actions: ['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
  },
  { description: 'decrypts', actions: ['Decrypt'] },
  { description: 're-encrypts from', actions: ['ReEncryptFrom'] },
  { description: 're-encrypts to', actions: ['ReEncryptTo'] },
  { description: 'signs', actions: ['Sign'] },
  { description: 'verifies signatures', actions: ['Verify'] },
  { description: 'generates MACs', actions: ['GenerateMac'] },
  { description: 'verifies MACs', actions: ['VerifyMac'] },
  { description: 'derives shared secrets', actions: ['DeriveSharedSecret'] },
  { description: 'encapsulates', actions: ['Encapsulate'] },
  { description: 'decapsulates', actions: ['Decapsulate'] },
  { description: 'creates grants', actions: ['CreateGrant'] },
  { description: 'revokes and retires grants', actions: ['RevokeGrant', 'RetireGrant'] },
  { description: 'changes the key policy', actions: ['PutKeyPolicy'] },
  { description: 'schedules deletion', actions: ['ScheduleKeyDeletion'] },
  { description: 'cancels deletion', actions: ['CancelKeyDeletion'] },
  { description: 'imports key material', actions: ['GetParametersForImport', 'ImportKeyMaterial'] },
  { description: 'deletes key material', actions: ['DeleteImportedKeyMaterial'] },
  { description: 'rotates', actions: ['EnableKeyRotation', 'DisableKeyRotation', 'RotateKeyOnDemand'] },
  { description: 'replicates', actions: ['ReplicateKey', 'UpdatePrimaryRegion'] },
  // A permission without an operation: KMS itself uses it to synchronize the shared properties of multi-Region keys.
  { description: 'synchronizes replicas', actions: ['SynchronizeMultiRegionKey'] },
  { description: 'manages aliases', actions: ['CreateAlias', 'UpdateAlias', 'DeleteAlias'] },
  { description: 'tags', actions: ['TagResource', 'UntagResource'] },
  { description: 'administers', actions: ['EnableKey', 'DisableKey', 'UpdateKeyDescription'] },
  { description: 'reads the public key', actions: ['GetPublicKey'] },
  {
    description: 'reads metadata',
    actions: [
      'DescribeKey', 'GetKeyPolicy', 'ListKeyPolicies', 'GetKeyRotationStatus', 'ListKeyRotations', 'ListResourceTags', 'ListGrants',
      'GetKeyLastUsage',
    ],
  },
  { description: 'creates keys', actions: ['CreateKey'], withoutKey: true },
  { description: 'lists keys', actions: ['ListKeys', 'ListAliases', 'ListRetirableGrants'], withoutKey: true },
  { description: 'generates random bytes', actions: ['GenerateRandom'], withoutKey: true },
  {
    description: 'manages custom key stores',
    actions: [
      'ConnectCustomKeyStore', 'CreateCustomKeyStore', 'DeleteCustomKeyStore', 'DescribeCustomKeyStores', 'DisconnectCustomKeyStore',
      'UpdateCustomKeyStore',
    ],
    withoutKey: true,
  },
];

/** The wildcards for every action of KMS, or of AWS. */
const EVERYTHING = ['kms:*', '*'];

/**
 * The operations of a statement, as readable text.
 *
 * If only some actions of a group are given, they are listed. A wildcard is kept, because it will also match actions
 * that AWS adds later, and its current matches are listed. An unknown action is kept as it is.
 */
export function readableOperations(actions: readonly string[]): string[] {
  if (actions.some((action) => EVERYTHING.includes(action.toLowerCase()))) return ['everything'];
  const given = new Set(actions.map((action) => action.toLowerCase()));
  const groups = ACTION_GROUPS.flatMap((group) => {
    const present = group.actions.filter((action) => given.has(fullName(action)));
    if (present.length === 0) return [];
    return [present.length === group.actions.length ? group.description : `${group.description} (${present.join(', ')})`];
  });
  return [...groups, ...actions.filter((action) => !isKnown(action)).map(withCurrentMatches)];
}

/** Whether an action or a wildcard can apply to a key. An unknown KMS action can. */
export function canApplyToKeys(action: string): boolean {
  const groups = groupsMatching(action);
  return groups.length === 0 ? /^kms:/i.test(action) : groups.some((group) => group.withoutKey !== true);
}

/** Every known action that can apply to a key. */
export function knownKeyActions(): string[] {
  return ACTION_GROUPS.filter((group) => group.withoutKey !== true).flatMap(({ actions }) => actions.map((name) => `kms:${name}`));
}

function withCurrentMatches(action: string): string {
  const current = groupsMatching(action).filter((group) => group.withoutKey !== true).map(({ description }) => description);
  return current.length === 0 ? action : `${action} (currently: ${current.join(', ')})`;
}

function groupsMatching(action: string): readonly ActionGroup[] {
  return ACTION_GROUPS.filter(({ actions }) => actions.some((name) => matchesWildcard(action.toLowerCase(), fullName(name))));
}

function isKnown(action: string): boolean {
  return ACTION_GROUPS.some(({ actions }) => actions.some((name) => fullName(name) === action.toLowerCase()));
}

/** IAM compares actions without regard to case. */
function fullName(action: string): string {
  return `kms:${action}`.toLowerCase();
}
