declare module 'asl-validator' {
  interface Verdict {
    readonly isValid: boolean;
    errorsText(separator?: string): string;
  }

  /** Changes the definition: pass a copy. */
  function validate(definition: object): Verdict;

  export = validate;
}
