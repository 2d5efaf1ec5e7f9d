import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { KmsKeySpec } from './kms-key-spec';
import { describeProblem } from '../../contract/problem';
import { KeyActions } from '../../permissions/key-actions';

/** Spec and usage of a key. They determine which actions its policy can contain. */
export interface KeyKind {
  readonly spec: KmsKeySpec;
  /** The name of the usage in AWS KMS. */
  readonly usage: string;
}

/** Properties of a key that its policy depends on, besides principals. */
export interface KeyAccessSetting {
  readonly kind: KeyKind;
  readonly multiRegion: boolean;
  /** Whether its key material is imported. */
  readonly importedMaterial: boolean;
}

/** Actions of the users of a key that is not symmetric. */
const ACTIONS_OF_USAGE: ReadonlyMap<string, readonly string[]> = new Map([
  [KeyUsage.ENCRYPT_DECRYPT, KeyActions.USE_PUBLIC_ENCRYPTION],
  [KeyUsage.SIGN_VERIFY, withDescribeKey([...KeyActions.SIGN, ...KeyActions.VERIFY])],
  [KeyUsage.GENERATE_VERIFY_MAC, withDescribeKey([...KeyActions.GENERATE_MAC, ...KeyActions.VERIFY_MAC])],
  [KeyUsage.KEY_AGREEMENT, withDescribeKey(KeyActions.DERIVE_SHARED_SECRET)],
]);

/**
 * Kind with the given usage, or the only usage of the spec. If there are several, the first is used until validation
 * reports the choice.
 */
export function kindOfKey(spec: KmsKeySpec, usage: KeyUsage | undefined): KeyKind {
  return { spec, usage: usage ?? spec._usages[0] ?? KeyUsage.ENCRYPT_DECRYPT };
}

/** Reasons for which KMS would refuse the spec and the usage. */
export function kindProblems({ name, _usages: usages }: KmsKeySpec, usage: KeyUsage | undefined): string[] {
  const allowed = usages.map(usageInCode).join(', ');
  if (usage === undefined) {
    return usages.length === 1 ? [] : [describeProblem({
      where: 'keyUsage',
      what: `a key of spec ${name} has several usages, and none is chosen`,
      allowed,
      remedy: 'choose one: it cannot be changed later',
    })];
  }
  if (usages.includes(usage)) return [];
  return [describeProblem({
    where: 'keyUsage',
    what: `a key of spec ${name} does not support the usage`,
    given: usageInCode(usage),
    allowed,
    remedy: 'choose another usage, or another keySpec',
  })];
}

/** A usage as users write it. AWS KMS can have usages that the AWS CDK does not know yet. */
function usageInCode(usage: string): string {
  const member = Object.entries(KeyUsage).find(([, value]) => value === usage)?.[0];
  return member === undefined ? usage : `kms.KeyUsage.${member}`;
}

/** Only symmetric encryption keys rotate, generate data keys, and support encryption contexts. */
export function isSymmetric({ spec }: KeyKind): boolean {
  return spec.name === 'SYMMETRIC_DEFAULT';
}

export function encrypts({ usage }: KeyKind): boolean {
  return usage === KeyUsage.ENCRYPT_DECRYPT;
}

/** Actions of the users of such a key. */
export function userActions(kind: KeyKind): readonly string[] {
  if (isSymmetric(kind)) return KeyActions.USE;
  return kind.spec._userActions === undefined ? ACTIONS_OF_USAGE.get(kind.usage) ?? [] : withDescribeKey(kind.spec._userActions);
}

function withDescribeKey(actions: readonly string[]): readonly string[] {
  return [...new Set(['kms:DescribeKey', ...actions])];
}

/** Actions that manage such a key, without those that have no effect on its kind. */
export function administratorActions({ kind, multiRegion, importedMaterial }: KeyAccessSetting): readonly string[] {
  const withoutEffect: readonly string[] = [
    ...(isSymmetric(kind) && !importedMaterial ? [] : KeyActions.ROTATE_AUTOMATICALLY),
    ...(isSymmetric(kind) ? [] : KeyActions.ROTATE),
    ...(importedMaterial ? [] : KeyActions.ONLY_IMPORTED),
    ...(multiRegion ? [] : KeyActions.MULTI_REGION),
  ];
  return KeyActions.ADMINISTER.filter((action) => !withoutEffect.includes(action));
}
