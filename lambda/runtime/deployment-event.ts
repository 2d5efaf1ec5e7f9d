/** What identifies an event of CloudFormation, and when it was sent. Its two deliveries are the same event. */
export interface DeploymentEvent {
  readonly requestId: string;
  readonly requestType: 'Create' | 'Update' | 'Delete';
  readonly stackName: string;
  readonly logicalId: string;
  /** In whole seconds. Undefined if the event does not contain a usable time. */
  readonly sentAt?: Date;
}

/** The time of an event is rounded down to a second. */
const PRECISION_MS = 1000;

/**
 * Whether something happened after an event was sent. Then a later event did it, because CloudFormation sends the next
 * event of a resource after the response to the one before. Unknown times prove nothing.
 */
export function isAfter(moment: Date | undefined, { sentAt }: Pick<DeploymentEvent, 'sentAt'>): boolean {
  return moment !== undefined && sentAt !== undefined && moment.getTime() >= sentAt.getTime() + PRECISION_MS;
}
