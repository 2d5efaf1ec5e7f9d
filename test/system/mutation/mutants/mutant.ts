/** A safety measure that is removed, and the tests that must notice. */
export interface Mutant {
  /** The removed measure. */
  readonly without: string;
  readonly file: string;
  /** Must occur in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** Jest patterns of the tests that must fail. */
  readonly tests: string;
}
