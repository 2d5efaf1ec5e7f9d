import { EVERYTHING_BY_IAM, KEY_ACTIONS, PRINCIPALS, type CallerName } from './guarded-family';
import { GenerationTag, type GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { KmsCall } from '../../support/policy-evaluator';

export const FROM_PLAINTEXT = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext',
];
const MANAGE = [
  'kms:CancelKeyDeletion',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:EnableKey',
  'kms:GetKeyLastUsage',
  'kms:ListResourceTags',
  'kms:TagResource',
];
const ALIASES = ['kms:CreateAlias', 'kms:DeleteAlias', 'kms:UpdateAlias'];
export const ADMINISTER = [
  ...MANAGE,
  'kms:DisableKeyRotation',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:PutKeyPolicy',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:UntagResource',
  'kms:UpdateKeyDescription',
];
export const FENCED = [...FROM_PLAINTEXT, 'kms:CreateGrant', 'kms:ReEncryptTo'];
export const GATED = [...ALIASES, 'kms:DeleteImportedKeyMaterial', 'kms:ScheduleKeyDeletion'];

export const ALL_CALLERS = Object.keys(PRINCIPALS) as CallerName[];

export function isFenced(phase: GenerationPhase): boolean {
  return phase === 'fenced' || phase === 'retiring';
}

/**
 * The actions that a caller must be allowed in that phase, by the key policy and by the IAM policies of this library.
 */
export function lawOf(caller: CallerName, phase: GenerationPhase): string[] {
  const whileNew = (...actions: string[]) => isFenced(phase) ? [] : actions;
  const laws: { readonly [caller in CallerName]: readonly string[] } = {
    user: ['kms:DescribeKey', 'kms:Decrypt', 'kms:ReEncryptFrom', ...whileNew(...FROM_PLAINTEXT, 'kms:ReEncryptTo')],
    worker: ['kms:ReEncryptFrom', ...whileNew('kms:ReEncryptTo')],
    administrator: ADMINISTER,
    control: [
      ...MANAGE,
      ...ALIASES,
      'kms:GetKeyPolicy',
      'kms:ListGrants',
      'kms:PutKeyPolicy',
      'kms:ScheduleKeyDeletion',
      'kms:UpdateKeyDescription',
    ],
    retirement: [...MANAGE, ...(phase === 'retiring' ? ['kms:ScheduleKeyDeletion'] : [])],
    breakGlass: [
      ...ADMINISTER,
      ...GATED,
      'kms:GetParametersForImport',
      'kms:ImportKeyMaterial',
      'kms:ReplicateKey',
      'kms:UpdatePrimaryRegion',
    ],
    stranger: [],
    root: [],
  };
  return [...laws[caller]].sort();
}

/** The actions that gate and fence must deny to a caller that IAM allows everything. */
export function refusedByIam(caller: CallerName, phase: GenerationPhase): string[] {
  const passes: { readonly [caller in CallerName]?: readonly string[] } = {
    control: [...ALIASES, 'kms:ScheduleKeyDeletion'],
    retirement: phase === 'retiring' ? ['kms:ScheduleKeyDeletion'] : [],
    breakGlass: GATED,
  };
  return [...GATED.filter((action) => !passes[caller]?.includes(action)), ...(isFenced(phase) ? FENCED : [])].sort();
}

/** A call to a generation, and whether the law allows it. */
export interface ExpectedCall {
  readonly caller: CallerName;
  readonly action: string;
  readonly details: Partial<KmsCall>;
  readonly allowed: boolean;
}

/**
 * Every call to a generation in that phase: each caller and action, in each circumstance that
 * a statement distinguishes.
 */
export function callsOf(phase: GenerationPhase): ExpectedCall[] {
  const byIam = { identityStatements: EVERYTHING_BY_IAM };
  const ask = (action: string, details: Partial<KmsCall>, isAllowed: (caller: CallerName) => boolean) =>
    ALL_CALLERS.map((caller): ExpectedCall => ({ caller, action, details, allowed: isAllowed(caller) }));
  /** Under this purpose the role may encrypt, in addition to its other actions. */
  const forPurpose = (purpose: 'canary' | 'watch-probe', role: CallerName) => KEY_ACTIONS.flatMap((action) => ask(
    action, { encryptionContext: { 'cdk-kms-lifecycle:purpose': purpose } },
    (caller) => lawOf(caller, phase).includes(action) || (caller === role && action === 'kms:Encrypt' && !isFenced(phase)),
  ));
  const ourTag = { ...byIam, tags: { [GenerationTag.OWNER]: 'x' } };
  const usedToday = { ...byIam, context: { 'kms:TrailingDaysWithoutKeyUsage': '0' } };
  return [
    ...KEY_ACTIONS.flatMap((action) => ask(action, {}, (caller) => lawOf(caller, phase).includes(action))),
    ...KEY_ACTIONS.flatMap((action) => ask(action, byIam, (caller) => !refusedByIam(caller, phase).includes(action))),
    ...forPurpose('canary', 'control'),
    ...forPurpose('watch-probe', 'retirement'),
    ...['kms:TagResource', 'kms:UntagResource'].flatMap((action) =>
      ask(action, ourTag, (caller) => ['control', 'retirement', 'breakGlass'].includes(caller)),
    ),
    ...ask(
      'kms:ScheduleKeyDeletion',
      usedToday,
      (caller) => phase !== 'retiring' && !refusedByIam(caller, phase).includes('kms:ScheduleKeyDeletion'),
    ),
    ...ask('kms:DisableKey', usedToday, () => true),
  ];
}
