/**
 * Store of data keys that a rotating key has declared before, and whose data keys are no longer needed.
 *
 * **The records of a released store are neither re-encrypted nor counted. They become permanently unreadable when the
 * generation of their data key is deleted.**
 */
export interface ReleasedStore {
  /** ARN of the table, as the error of the retirement names it. The table may be deleted. */
  readonly tableArn: string;

  /** The attribute that was declared to hold the data key. */
  readonly dataKeyAttribute: string;
}
