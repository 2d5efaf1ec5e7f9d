/**
 * Whether a text matches an IAM pattern: `*` matches any number of characters, `?` matches exactly one.
 *
 * Only the latest `*` is tried again, because an earlier one can match nothing that it cannot: the time grows with the
 * product of both lengths. A regular expression with several `*` needs far more for a text that nearly matches.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [inPattern, inText] = [0, 0];
  let latest: { readonly star: number; end: number } | undefined;
  while (inText < text.length) {
    const expected = pattern[inPattern];
    if (expected === '*') {
      latest = { star: inPattern, end: inText };
      inPattern += 1;
    } else if (expected === '?' || expected === text[inText]) {
      inPattern += 1;
      inText += 1;
    } else if (latest !== undefined) {
      latest.end += 1;
      [inPattern, inText] = [latest.star + 1, latest.end];
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern += 1;
  return inPattern === pattern.length;
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
