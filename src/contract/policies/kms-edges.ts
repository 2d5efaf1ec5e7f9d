import { matchesWildcard } from './wildcard';

/** KMS actions that have one description in plain words. */
export interface KmsEdge {
  /** What an allowed principal does: `encrypts`. */
  readonly words: string;
  /** The actions, without `kms:`. */
  readonly actions: readonly string[];
  /** The actions do not apply to a key, so no key policy can allow them. */
  readonly withoutKey?: true;
}

/** Every action of KMS, each in exactly one edge: first the use of keys, then their management, then reads. */
export const KMS_EDGES: readonly KmsEdge[] = [
  { words: 'encrypts', actions: ['Encrypt'] },
  {
    words: 'generates data keys',
    actions: ['GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext'],
  },
  { words: 'decrypts', actions: ['Decrypt'] },
  { words: 're-encrypts from', actions: ['ReEncryptFrom'] },
  { words: 're-encrypts to', actions: ['ReEncryptTo'] },
  { words: 'signs', actions: ['Sign'] },
  { words: 'verifies signatures', actions: ['Verify'] },
  { words: 'generates MACs', actions: ['GenerateMac'] },
  { words: 'verifies MACs', actions: ['VerifyMac'] },
  { words: 'derives shared secrets', actions: ['DeriveSharedSecret'] },
  { words: 'encapsulates', actions: ['Encapsulate'] },
  { words: 'decapsulates', actions: ['Decapsulate'] },
  { words: 'creates grants', actions: ['CreateGrant'] },
  { words: 'revokes and retires grants', actions: ['RevokeGrant', 'RetireGrant'] },
  { words: 'changes the key policy', actions: ['PutKeyPolicy'] },
  { words: 'schedules deletion', actions: ['ScheduleKeyDeletion'] },
  { words: 'cancels deletion', actions: ['CancelKeyDeletion'] },
  { words: 'imports key material', actions: ['GetParametersForImport', 'ImportKeyMaterial'] },
  { words: 'deletes key material', actions: ['DeleteImportedKeyMaterial'] },
  { words: 'rotates', actions: ['EnableKeyRotation', 'DisableKeyRotation', 'RotateKeyOnDemand'] },
  { words: 'replicates', actions: ['ReplicateKey', 'UpdatePrimaryRegion'] },
  // A permission without an operation: KMS itself uses it to synchronize the shared properties of multi-Region keys.
  { words: 'synchronizes replicas', actions: ['SynchronizeMultiRegionKey'] },
  { words: 'manages aliases', actions: ['CreateAlias', 'UpdateAlias', 'DeleteAlias'] },
  { words: 'tags', actions: ['TagResource', 'UntagResource'] },
  { words: 'administers', actions: ['EnableKey', 'DisableKey', 'UpdateKeyDescription'] },
  { words: 'reads the public key', actions: ['GetPublicKey'] },
  {
    words: 'reads metadata',
    actions: [
      'DescribeKey', 'GetKeyPolicy', 'ListKeyPolicies', 'GetKeyRotationStatus', 'ListKeyRotations', 'ListResourceTags', 'ListGrants',
      'GetKeyLastUsage',
    ],
  },
  { words: 'creates keys', actions: ['CreateKey'], withoutKey: true },
  { words: 'lists keys', actions: ['ListKeys', 'ListAliases', 'ListRetirableGrants'], withoutKey: true },
  { words: 'generates random bytes', actions: ['GenerateRandom'], withoutKey: true },
  {
    words: 'manages custom key stores',
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
 * The actions of a statement in plain words.
 *
 * If only some actions of an edge are given, they are listed. A wildcard is kept, because it will also match actions
 * that AWS adds later, and its current matches are listed. An unknown action is kept as it is.
 */
export function inPlainWords(actions: readonly string[]): string[] {
  if (actions.some((action) => EVERYTHING.includes(action.toLowerCase()))) return ['everything'];
  const given = new Set(actions.map((action) => action.toLowerCase()));
  const edges = KMS_EDGES.flatMap((edge) => {
    const present = edge.actions.filter((action) => given.has(fullName(action)));
    if (present.length === 0) return [];
    return [present.length === edge.actions.length ? edge.words : `${edge.words} (${present.join(', ')})`];
  });
  return [...edges, ...actions.filter((action) => !isKnown(action)).map(withWhatItMatches)];
}

/** Whether an action or a wildcard can apply to a key. An unknown KMS action can. */
export function canBeAboutAKey(action: string): boolean {
  const edges = edgesMatching(action);
  return edges.length === 0 ? /^kms:/i.test(action) : edges.some((edge) => edge.withoutKey !== true);
}

function withWhatItMatches(action: string): string {
  const today = edgesMatching(action).filter((edge) => edge.withoutKey !== true).map(({ words }) => words);
  return today.length === 0 ? action : `${action} (today: ${today.join(', ')})`;
}

function edgesMatching(action: string): readonly KmsEdge[] {
  return KMS_EDGES.filter(({ actions }) => actions.some((name) => matchesWildcard(action.toLowerCase(), fullName(name))));
}

function isKnown(action: string): boolean {
  return KMS_EDGES.some(({ actions }) => actions.some((name) => fullName(name) === action.toLowerCase()));
}

/** IAM compares actions without regard to case. */
function fullName(action: string): string {
  return `kms:${action}`.toLowerCase();
}
