/** Whether a text matches an IAM pattern: `*` matches any number of characters, `?` matches exactly one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

/** The actions of a statement: those that it lists, or all except those that it lists. */
export interface StatementActions {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
}

/** Whether a statement applies to an action. IAM compares actions without regard to case. */
export function isAboutAction({ Action: actions, NotAction: others }: StatementActions, action: string): boolean {
  const named = (patterns: unknown) => [patterns].flat()
    .some((pattern) => matchesWildcard(String(pattern).toLowerCase(), action.toLowerCase()));
  return actions === undefined ? others !== undefined && !named(others) : named(actions);
}
