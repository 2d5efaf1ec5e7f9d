import type { RunsPort } from '../../lambda/rotation/control-ports';

/** Which runs are under way in this process: what DescribeExecution tells about a state machine. */
export class Running implements RunsPort {
  private readonly runs = new Set<string>();

  public async activeRuns(): Promise<string[]> {
    return [...this.runs];
  }

  /** Counts `run` as active for as long as `work` takes. */
  public async during<T>(run: string, work: () => Promise<T>): Promise<T> {
    this.runs.add(run);
    try {
      return await work();
    } finally {
      this.runs.delete(run);
    }
  }
}
