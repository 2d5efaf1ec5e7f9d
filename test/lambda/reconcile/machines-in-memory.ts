import type { MachinesPort } from '../../../lambda/ports/machines';

/** State machines whose executions are only recorded. A test adds to `running` and removes from it. */
export class MachinesInMemory implements MachinesPort {
  /** Every execution that was started: machine, name, input. */
  public readonly started: { readonly machine: string; readonly name: string; readonly input: object }[] = [];
  public readonly running = new Set<string>();

  public async start(machine: string, name: string, input: object): Promise<'started' | 'started-before'> {
    if (this.started.some((execution) => execution.machine === machine && execution.name === name)) return 'started-before';
    this.started.push({ machine, name, input });
    return 'started';
  }

  public async runningExecutions(machine: string): Promise<string[]> {
    return [...this.running].filter((execution) => execution.startsWith(machine));
  }
}
