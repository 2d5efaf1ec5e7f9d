/** Whether a text is what a pattern of IAM describes: `*` is any characters, `?` is any one. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const expression = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${expression}$`, 's').test(text);
}

/** What a statement is about: actions that it names, or all but those that it names. */
export interface StatementActions {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
}

/** Whether a statement is about this action. IAM does not tell upper from lower case in actions. */
export function isAboutAction({ Action: actions, NotAction: others }: StatementActions, action: string): boolean {
  const named = (patterns: unknown) => [patterns].flat().some((pattern) => matchesWildcard(String(pattern).toLowerCase(), action.toLowerCase()));
  return actions === undefined ? others !== undefined && !named(others) : named(actions);
}
