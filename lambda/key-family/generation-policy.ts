import type { GenerationPhase } from '../../src/contract/generation-tags';

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

interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: readonly object[];
}

/**
 * The key policy of a generation: a pure function of what was declared and how far the generation has come.
 *
 * Nothing ever edits a policy it has read: a second writer could bring back what the first took away.
 */
export function generationPolicy(declaredDocument: string, phase: GenerationPhase): string {
  if (phase !== 'fenced') return declaredDocument;
  const declared = JSON.parse(declaredDocument) as PolicyDocument;
  const fence = { Sid: FENCE_SID, Effect: 'Deny', Principal: '*', Action: FENCED_ACTIONS, Resource: '*' };
  return JSON.stringify({ ...declared, Statement: [...declared.Statement, fence] });
}
