/** Starts and lists executions of the state machines of a family. */
export interface MachinesPort {
  /** Starts an execution. Repeated calls with the same name start it once. */
  start(machineArn: string, name: string, input: object): Promise<'started' | 'started-before'>;
  /** Lists the ARNs of the running executions. */
  runningExecutions(machineArn: string): Promise<string[]>;
}
