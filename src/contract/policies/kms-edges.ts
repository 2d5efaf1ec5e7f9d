import { matchesWildcard } from './wildcard';

/** Actions of KMS that people mean by the same words. */
export interface KmsEdge {
  /** What somebody does who may: `encrypts`. */
  readonly words: string;
  /** The actions, without `kms:`. */
  readonly actions: readonly string[];
  /** What is about no key in particular: no key policy can allow it. */
  readonly withoutKey?: true;
}

/** Every action of KMS, each in exactly one edge, from what touches data to what only looks. */
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
  { words: 'makes MACs', actions: ['GenerateMac'] },
  { words: 'verifies MACs', actions: ['VerifyMac'] },
  { words: 'derives shared secrets', actions: ['DeriveSharedSecret'] },
  { words: 'encapsulates', actions: ['Encapsulate'] },
  { words: 'decapsulates', actions: ['Decapsulate'] },
  { words: 'makes grants', actions: ['CreateGrant'] },
  { words: 'ends grants', actions: ['RevokeGrant', 'RetireGrant'] },
  { words: 'changes the key policy', actions: ['PutKeyPolicy'] },
  { words: 'schedules deletion', actions: ['ScheduleKeyDeletion'] },
  { words: 'cancels deletion', actions: ['CancelKeyDeletion'] },
  { words: 'imports material', actions: ['GetParametersForImport', 'ImportKeyMaterial'] },
  { words: 'deletes material', actions: ['DeleteImportedKeyMaterial'] },
  { words: 'rotates', actions: ['EnableKeyRotation', 'DisableKeyRotation', 'RotateKeyOnDemand'] },
  { words: 'replicates', actions: ['ReplicateKey', 'UpdatePrimaryRegion'] },
  // Only KMS itself calls it, to keep the keys of a multi-Region family alike: a permission without an operation.
  { words: 'keeps replicas alike', actions: ['SynchronizeMultiRegionKey'] },
  { words: 'manages aliases', actions: ['CreateAlias', 'UpdateAlias', 'DeleteAlias'] },
  { words: 'tags', actions: ['TagResource', 'UntagResource'] },
  { words: 'administers', actions: ['EnableKey', 'DisableKey', 'UpdateKeyDescription'] },
  { words: 'reads the public key', actions: ['GetPublicKey'] },
  {
    words: 'looks at the key',
    actions: [
      'DescribeKey', 'GetKeyPolicy', 'ListKeyPolicies', 'GetKeyRotationStatus', 'ListKeyRotations', 'ListResourceTags', 'ListGrants', 'GetKeyLastUsage',
    ],
  },
  { words: 'makes keys', actions: ['CreateKey'], withoutKey: true },
  { words: 'lists keys', actions: ['ListKeys', 'ListAliases', 'ListRetirableGrants'], withoutKey: true },
  { words: 'makes random bytes', actions: ['GenerateRandom'], withoutKey: true },
  {
    words: 'manages custom key stores',
    actions: [
      'ConnectCustomKeyStore', 'CreateCustomKeyStore', 'DeleteCustomKeyStore', 'DescribeCustomKeyStores', 'DisconnectCustomKeyStore', 'UpdateCustomKeyStore',
    ],
    withoutKey: true,
  },
];

/** What allows everything: of KMS, or of AWS. */
const EVERYTHING = ['kms:*', '*'];

/**
 * The actions of a statement in plain words.
 *
 * An edge that is there only in part names its actions. A wildcard stays, because it also takes in what AWS adds tomorrow, and says what it
 * takes in today. What is not known here stays as it is.
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

/** Whether an action, or a wildcard, can be about a key. What is not known here can. */
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

/** IAM does not tell upper from lower case in actions. */
function fullName(action: string): string {
  return `kms:${action}`.toLowerCase();
}
