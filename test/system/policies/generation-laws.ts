import { EVERYTHING_BY_IAM, KEY_ACTIONS, PEOPLE, type Person } from './a-guarded-family';
import { GenerationTag, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { KmsCall } from '../../support/policy-evaluator';

export const FROM_PLAINTEXT = [
  'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:GenerateDataKeyPairWithoutPlaintext', 'kms:GenerateDataKeyWithoutPlaintext',
];
const LOOK_AFTER = [
  'kms:CancelKeyDeletion', 'kms:DescribeKey', 'kms:DisableKey', 'kms:EnableKey', 'kms:GetKeyLastUsage', 'kms:ListResourceTags', 'kms:TagResource',
];
const ALIASES = ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'];
export const ADMINISTER = [
  ...LOOK_AFTER, 'kms:DisableKeyRotation', 'kms:EnableKeyRotation', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListGrants',
  'kms:ListKeyPolicies', 'kms:ListKeyRotations', 'kms:PutKeyPolicy', 'kms:RevokeGrant', 'kms:RotateKeyOnDemand', 'kms:UntagResource', 'kms:UpdateKeyDescription',
];
export const FENCED = [...FROM_PLAINTEXT, 'kms:CreateGrant', 'kms:ReEncryptTo'];
export const GATED = [...ALIASES, 'kms:DeleteImportedKeyMaterial', 'kms:ScheduleKeyDeletion'];

export const EVERYBODY = Object.keys(PEOPLE) as Person[];

export function isFenced(phase: GenerationPhase): boolean {
  return phase === 'fenced' || phase === 'retiring';
}

/** What somebody may do with a generation in that phase, by the key policy and by what this library gives the role in IAM. */
export function lawOf(person: Person, phase: GenerationPhase): string[] {
  const whileNew = (...actions: string[]) => isFenced(phase) ? [] : actions;
  const laws: { readonly [person in Person]: readonly string[] } = {
    user: ['kms:DescribeKey', 'kms:Decrypt', 'kms:ReEncryptFrom', ...whileNew(...FROM_PLAINTEXT, 'kms:ReEncryptTo')],
    worker: ['kms:ReEncryptFrom', ...whileNew('kms:ReEncryptTo')],
    administrator: ADMINISTER,
    control: [...LOOK_AFTER, ...ALIASES, 'kms:GetKeyPolicy', 'kms:ListGrants', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:UpdateKeyDescription'],
    retirement: [...LOOK_AFTER, ...(phase === 'retiring' ? ['kms:ScheduleKeyDeletion'] : [])],
    breakGlass: [...ADMINISTER, ...GATED, 'kms:GetParametersForImport', 'kms:ImportKeyMaterial', 'kms:ReplicateKey', 'kms:UpdatePrimaryRegion'],
    stranger: [],
    root: [],
  };
  return [...laws[person]].sort();
}

/** What is refused to somebody to whom IAM allows everything: what stands behind gate and fence. */
export function refusedByIam(person: Person, phase: GenerationPhase): string[] {
  const passes: { readonly [person in Person]?: readonly string[] } = {
    control: [...ALIASES, 'kms:ScheduleKeyDeletion'],
    retirement: phase === 'retiring' ? ['kms:ScheduleKeyDeletion'] : [],
    breakGlass: GATED,
  };
  return [...GATED.filter((action) => !passes[person]?.includes(action)), ...(isFenced(phase) ? FENCED : [])].sort();
}

/** A call that is made with a generation, and whether it is let through. */
export interface Question {
  readonly person: Person;
  readonly action: string;
  readonly details: Partial<KmsCall>;
  readonly allowed: boolean;
}

/** Everything that can be asked of a generation in that phase: everybody, every action, in all circumstances that a statement tells apart. */
export function questionsOf(phase: GenerationPhase): Question[] {
  const byIam = { identityStatements: EVERYTHING_BY_IAM };
  const ask = (action: string, details: Partial<KmsCall>, isAllowed: (person: Person) => boolean) =>
    EVERYBODY.map((person): Question => ({ person, action, details, allowed: isAllowed(person) }));
  /** Under this purpose the role may encrypt, beside what it may anyway. */
  const forPurpose = (purpose: 'canary' | 'echo', role: Person) => KEY_ACTIONS.flatMap((action) => ask(
    action, { encryptionContext: { 'cdk-kms-lifecycle:purpose': purpose } },
    (person) => lawOf(person, phase).includes(action) || (person === role && action === 'kms:Encrypt' && !isFenced(phase)),
  ));
  const ourTag = { ...byIam, tags: { [GenerationTag.OWNER]: 'x' } };
  const usedToday = { ...byIam, context: { 'kms:TrailingDaysWithoutKeyUsage': '0' } };
  return [
    ...KEY_ACTIONS.flatMap((action) => ask(action, {}, (person) => lawOf(person, phase).includes(action))),
    ...KEY_ACTIONS.flatMap((action) => ask(action, byIam, (person) => !refusedByIam(person, phase).includes(action))),
    ...forPurpose('canary', 'control'),
    ...forPurpose('echo', 'retirement'),
    ...['kms:TagResource', 'kms:UntagResource'].flatMap((action) => ask(action, ourTag, (person) => ['control', 'retirement', 'breakGlass'].includes(person))),
    ...ask('kms:ScheduleKeyDeletion', usedToday, (person) => phase !== 'retiring' && !refusedByIam(person, phase).includes('kms:ScheduleKeyDeletion')),
    ...ask('kms:DisableKey', usedToday, () => true),
  ];
}
