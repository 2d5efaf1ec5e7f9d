import type { FamilyDescription, FamilyRoles } from '../../../src/contract/family/family-description';
import { GENERATION_TAG_PREFIX, type GenerationPhase } from '../../../src/contract/family/generation-tags';

/**
 * Actions that the fence denies to every principal on a replaced generation: all that create new ciphertext or grants.
 *
 * Decrypt, ReEncryptFrom and DescribeKey stay allowed, because records under it must still be read and re-encrypted.
 */
export const FENCED_ACTIONS = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:ReEncryptTo',
  'kms:CreateGrant',
] as const;

/** The Sid of the statement that fences a generation. */
export const FENCE_SID = 'DenyEncryptionUnderReplacedGeneration';

/** The Sids of the statements that protect the aliases and tags of a family. A key without them is no generation. */
export const ALIAS_GATE_SID = 'DenyAliasChangesToOtherPrincipals';
export const TAG_GATE_SID = 'DenyLifecycleTagChangesToOtherPrincipals';

/**
 * Whole days without use after which the open gate allows the deletion of a generation.
 *
 * KMS counts from the last use, or from the creation of a key that was never used, and rounds down. The soak before it
 * is the proof. This condition is a second safeguard, in case our own count is wrong.
 */
const DAYS_WITHOUT_USE = 1;

interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly object[];
}

/**
 * The key policy of a generation: a pure function of the declared document, the roles and the phase.
 *
 * No code edits a policy that it has read: a second writer could restore a statement that the first has removed. All
 * added statements deny, so they allow no principal more than the declared document does.
 */
export function generationPolicy(
  { policyDocument, roles }: Pick<FamilyDescription, 'policyDocument' | 'roles'>, phase: GenerationPhase,
): string {
  const declared = JSON.parse(policyDocument) as PolicyDocument;
  const replaced = phase === 'fenced' || phase === 'retiring';
  return JSON.stringify({
    ...declared,
    Statement: [
      ...declared.Statement,
      ...(replaced ? [fence()] : []),
      ...gate(roles, phase === 'retiring' ? 'open' : 'closed'),
    ],
  });
}

function fence(): object {
  return deny(FENCE_SID, FENCED_ACTIONS);
}

/**
 * Denies irreversible actions, and changes of the aliases and tags that are the database of the family, to all
 * principals except our own roles.
 *
 * Administrators keep `kms:PutKeyPolicy`, so an administrator can still change it and the account is never locked out.
 * The gate opens for the retirement role when a generation has its certificate.
 */
function gate({ control, retirement, breakGlass }: FamilyRoles, state: 'open' | 'closed'): object[] {
  const emergency = breakGlass === undefined ? [] : [breakGlass];
  const deleters = [control, ...(state === 'open' ? [retirement] : []), ...emergency];
  return [
    deny('DenyKeyDeletionToOtherPrincipals', ['kms:ScheduleKeyDeletion'], exceptFor(deleters)),
    ...(state === 'open' ? [deny('DenyKeyDeletionAfterRecentUse', ['kms:ScheduleKeyDeletion'], usedRecently())] : []),
    deny('DenyKeyMaterialDeletionExceptByBreakGlass', ['kms:DeleteImportedKeyMaterial'], exceptFor(emergency)),
    deny(
      ALIAS_GATE_SID, ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'], exceptFor([control, ...emergency]),
    ),
    deny(TAG_GATE_SID, ['kms:TagResource', 'kms:UntagResource'], {
      ...exceptFor([control, retirement, ...emergency]),
      'ForAnyValue:StringLike': { 'aws:TagKeys': [`${GENERATION_TAG_PREFIX}*`] },
    }),
  ];
}

/**
 * A condition and not NotPrincipal, which would have to name every session of a role. Callers without a principal ARN
 * are denied: a negated condition operator matches if its key is absent.
 */
function exceptFor(principalArns: readonly string[]): object {
  return principalArns.length === 0 ? {} : { ArnNotEquals: { 'aws:PrincipalArn': principalArns } };
}

/** Matches only if KMS provides this condition key. If it does not, no principal is denied. */
function usedRecently(): object {
  return { NumericLessThan: { 'kms:TrailingDaysWithoutKeyUsage': String(DAYS_WITHOUT_USE) } };
}

/** Denies every principal: the account root user, principals that IAM policies allow, and grantees. */
function deny(sid: string, actions: readonly string[], condition: object = {}): object {
  const conditional = Object.keys(condition).length === 0 ? {} : { Condition: condition };
  return { Sid: sid, Effect: 'Deny', Principal: '*', Action: actions, Resource: '*', ...conditional };
}
