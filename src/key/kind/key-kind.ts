import type { KmsKeySpec } from './kms-key-spec';
import { KmsKeyUsage } from './kms-key-usage';
import { describeProblem } from '../../contract/problem';
import { KeyActions } from '../../permissions/key-actions';

/** Spec and usage of a key. They determine which actions its policy can contain. */
export interface KeyKind {
  readonly spec: KmsKeySpec;
  readonly usage: KmsKeyUsage;
}

/** Properties of a key that its policy depends on, besides principals. */
export interface KeyAccessSetting {
  readonly kind: KeyKind;
  readonly multiRegion: boolean;
  /** Whether its key material is imported. */
  readonly importedMaterial: boolean;
}

/**
 * Kind with the given usage, or the only usage of the spec. If there are several, the first is used until validation
 * reports the choice.
 */
export function kindOfKey(spec: KmsKeySpec, usage: KmsKeyUsage | undefined): KeyKind {
  return { spec, usage: usage ?? spec._usages[0] ?? KmsKeyUsage.ENCRYPT_DECRYPT };
}

/** Reasons for which KMS would refuse the spec and the usage. */
export function kindProblems({ name, _usages: usages }: KmsKeySpec, usage: KmsKeyUsage | undefined): string[] {
  const allowed = usages.map((each) => each.name).join(', ');
  if (usage === undefined) {
    return usages.length === 1 ? [] : [describeProblem({
      where: 'keyUsage',
      what: `a key of spec ${name} has several usages, and none is chosen`,
      allowed,
      remedy: 'choose one: it cannot be changed later',
    })];
  }
  if (usages.some((each) => each.name === usage.name)) return [];
  return [describeProblem({
    where: 'keyUsage',
    what: `a key of spec ${name} does not support the usage`,
    given: usage.name,
    allowed,
    remedy: 'choose another usage, or another keySpec',
  })];
}

/** Only symmetric encryption keys rotate, generate data keys, and support encryption contexts. */
export function isSymmetric({ spec }: KeyKind): boolean {
  return spec.name === 'SYMMETRIC_DEFAULT';
}

export function encrypts({ usage }: KeyKind): boolean {
  return usage.name === KmsKeyUsage.ENCRYPT_DECRYPT.name;
}

/** Actions of the users of such a key. */
export function userActions(kind: KeyKind): readonly string[] {
  if (isSymmetric(kind)) return KeyActions.USE;
  return encrypts(kind) ? KeyActions.USE_PUBLIC_ENCRYPTION : ['kms:DescribeKey', ...kind.usage._actions];
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
