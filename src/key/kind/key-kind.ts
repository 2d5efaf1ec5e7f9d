import type { KmsKeySpec } from './kms-key-spec';
import { KmsKeyUsage } from './kms-key-usage';
import { describeProblem } from '../../contract/problem';
import { KeyActions } from '../../permissions/key-actions';

/** Spec and usage of a key: what it can do at all, and so what its policy can say. */
export interface KeyKind {
  readonly spec: KmsKeySpec;
  readonly usage: KmsKeyUsage;
}

/** What beside people's roles a key policy depends on. */
export interface KeyAccessSetting {
  readonly kind: KeyKind;
  readonly multiRegion: boolean;
  /** Whether its material comes from outside. */
  readonly imported: boolean;
}

/** The usage that was asked for; without one, the only one that there is. Of several, the first stands in until somebody has chosen. */
export function kindOfKey(spec: KmsKeySpec, usage: KmsKeyUsage | undefined): KeyKind {
  return { spec, usage: usage ?? spec._usages[0] ?? KmsKeyUsage.ENCRYPT_DECRYPT };
}

/** What KMS would refuse about spec and usage. */
export function kindProblems({ name, _usages: usages }: KmsKeySpec, usage: KmsKeyUsage | undefined): string[] {
  const allowed = usages.map((each) => each.name).join(', ');
  if (usage === undefined) {
    return usages.length === 1 ? [] : [describeProblem({
      where: 'keyUsage', what: `a key of spec ${name} can be for several things, and nobody has chosen`, allowed, remedy: 'choose one: it can never be changed',
    })];
  }
  if (usages.some((each) => each.name === usage.name)) return [];
  return [describeProblem({ where: 'keyUsage', what: `no key of spec ${name} can be for this`, given: usage.name, allowed, remedy: 'choose another usage, or another keySpec' })];
}

/** Symmetric encryption keys are the only ones that rotate, make data keys, and know encryption contexts. */
export function isSymmetric({ spec }: KeyKind): boolean {
  return spec.name === 'SYMMETRIC_DEFAULT';
}

export function encrypts({ usage }: KeyKind): boolean {
  return usage.name === KmsKeyUsage.ENCRYPT_DECRYPT.name;
}

/** What users of such a key call. */
export function userActions(kind: KeyKind): readonly string[] {
  if (isSymmetric(kind)) return KeyActions.USE;
  return encrypts(kind) ? KeyActions.USE_PUBLIC_ENCRYPTION : ['kms:DescribeKey', ...kind.usage._actions];
}

/** What looking after such a key takes: only actions that mean something for it. */
export function administratorActions({ kind, multiRegion, imported }: KeyAccessSetting): readonly string[] {
  const pointless: readonly string[] = [
    ...(isSymmetric(kind) && !imported ? [] : KeyActions.ROTATE_AUTOMATICALLY),
    ...(isSymmetric(kind) ? [] : KeyActions.ROTATE),
    ...(imported ? [] : KeyActions.ONLY_IMPORTED),
    ...(multiRegion ? [] : KeyActions.MULTI_REGION),
  ];
  return KeyActions.ADMINISTER.filter((action) => !pointless.includes(action));
}
