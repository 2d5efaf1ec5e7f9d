declare module 'asl-validator' {
  interface Verdict {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  }

  /** Writes into the definition: hand it a copy. */
  function validate(definition: object): Verdict;

  export = validate;
}
