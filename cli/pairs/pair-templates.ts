import { EMPTY_TEMPLATE, type NamedTemplate, type Template } from '../explain/template';

/** A template, and the older one with which it is compared. */
export interface TemplatePair {
  readonly file?: string;
  /** Empty if the template is new. */
  readonly old: Template;
  /** Empty if the template was removed. */
  readonly now: Template;
  /** Whether the older template is that of the same stack. If not, equal logical ids can be different resources. */
  readonly isSameStack: boolean;
}

/**
 * Pairs the templates of two apps: by file, or else by a key that both have, or else by a role that both have.
 *
 * @param filesOfKeys for each key of both apps its former and its current file
 */
export function pairTemplates(
  before: readonly NamedTemplate[], after: readonly NamedTemplate[],
  filesOfKeys: readonly (readonly [former: string | undefined, current: string | undefined])[],
): TemplatePair[] {
  const left = new Set(before);
  const take = (isPair: (former: NamedTemplate) => boolean) => {
    const found = [...left].find(isPair);
    if (found !== undefined) left.delete(found);
    return found;
  };
  const taken = new Map(after.map((current) => [current, take(({ file }) => file === current.file)]));
  const pairRest = (isPair: (former: NamedTemplate, current: NamedTemplate) => boolean) => {
    for (const current of after) taken.set(current, taken.get(current) ?? take((former) => isPair(former, current)));
  };
  pairRest((former, current) => filesOfKeys.some(([old, now]) => old === former.file && now === current.file));
  const bySameStack = new Set(after.filter((current) => taken.get(current) !== undefined));
  pairRest((former, current) => rolesOf(former).some((role) => rolesOf(current).includes(role)));
  return [
    ...after.map((current) => ({
      ...fileOf(current), old: taken.get(current)?.template ?? EMPTY_TEMPLATE, now: current.template, isSameStack: bySameStack.has(current),
    })),
    ...[...left].map((former) => ({ ...fileOf(former), old: former.template, now: EMPTY_TEMPLATE, isSameStack: true })),
  ];
}

function fileOf({ file }: NamedTemplate): { readonly file?: string } {
  return file === undefined ? {} : { file };
}

function rolesOf({ template }: NamedTemplate): string[] {
  return Object.entries(template.Resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role').map(([logicalId]) => logicalId);
}
