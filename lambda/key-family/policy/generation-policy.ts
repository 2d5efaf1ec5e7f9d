import type { FamilyDescription, FamilyRoles } from '../../../src/contract/family/family-description';
import { GENERATION_TAG_PREFIX, type GenerationPhase } from '../../../src/contract/family/generation-tags';

/**
 * What nobody may do with a generation that has been replaced: make anything new under it.
 *
 * Decrypt, ReEncryptFrom and DescribeKey stay: what stands under it must still be read, and moved.
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
export const FENCE_SID = 'NobodyMakesAnythingNewUnderAReplacedGeneration';

/**
 * How many whole days a generation must have gone unused before the open gate lets its deletion pass.
 *
 * KMS counts from the last use, or from the creation of a key that was never used, and rounds down. The soak before is the proof; this
 * is a second lock, for the day on which our own counting is wrong.
 */
const DAYS_WITHOUT_USE = 1;

interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly object[];
}

/**
 * The key policy of a generation: a pure function of what was declared and how far the generation has come.
 *
 * Nothing ever edits a policy it has read: a second writer could bring back what the first took away. What is added only denies, so
 * whatever was declared, nobody may do more than that.
 */
export function generationPolicy({ policyDocument, roles }: Pick<FamilyDescription, 'policyDocument' | 'roles'>, phase: GenerationPhase): string {
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
 * Keeps everybody but our own roles from what cannot be undone, and from names and tags, which are the database of the family.
 *
 * A gate, not a wall: administrators keep PutKeyPolicy, so that nobody is ever locked out. It opens for the retirement role when a
 * generation has its certificate.
 */
function gate({ control, retirement, breakGlass }: FamilyRoles, state: 'open' | 'closed'): object[] {
  const byHand = breakGlass === undefined ? [] : [breakGlass];
  const deletes = [control, ...(state === 'open' ? [retirement] : []), ...byHand];
  return [
    deny('NobodyElseSchedulesTheDeletionOfAGeneration', ['kms:ScheduleKeyDeletion'], exceptFor(deletes)),
    ...(state === 'open' ? [deny('NobodySchedulesTheDeletionOfAGenerationInUse', ['kms:ScheduleKeyDeletion'], usedLately())] : []),
    deny('NobodyElseDeletesKeyMaterial', ['kms:DeleteImportedKeyMaterial'], exceptFor(byHand)),
    deny('NobodyElseMovesAliases', ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'], exceptFor([control, ...byHand])),
    deny('NobodyElseTouchesOurTags', ['kms:TagResource', 'kms:UntagResource'], {
      ...exceptFor([control, retirement, ...byHand]),
      'ForAnyValue:StringLike': { 'aws:TagKeys': [`${GENERATION_TAG_PREFIX}*`] },
    }),
  ];
}

/**
 * Never NotPrincipal, which would have to name every session of a role. Callers without a principal ARN are denied: a condition that
 * negates holds where its key is absent.
 */
function exceptFor(principalArns: readonly string[]): object {
  return principalArns.length === 0 ? {} : { ArnNotEquals: { 'aws:PrincipalArn': principalArns } };
}

/** Holds only where KMS tells the days: an absent key locks nobody out. */
function usedLately(): object {
  return { NumericLessThan: { 'kms:TrailingDaysWithoutKeyUsage': String(DAYS_WITHOUT_USE) } };
}

/** For everybody: the account's root user, whoever IAM lets in, and holders of grants. */
function deny(sid: string, actions: readonly string[], condition: object = {}): object {
  const conditional = Object.keys(condition).length === 0 ? {} : { Condition: condition };
  return { Sid: sid, Effect: 'Deny', Principal: '*', Action: actions, Resource: '*', ...conditional };
}
