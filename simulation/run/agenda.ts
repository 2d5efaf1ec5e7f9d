interface Entry {
  readonly at: number;
  readonly act: () => Promise<void>;
  /** It must not be performed while an execution runs, because it may wait for it. */
  readonly alone: boolean;
}

/** What happens at a time. */
export class Agenda {
  private entries: Entry[] = [];

  public constructor(private readonly now: () => number) {}

  public add(at: number, act: () => Promise<void>, alone: boolean): void {
    this.entries.push({ at, act, alone });
    // Stable: what was added first is performed first.
    this.entries.sort((one, other) => one.at - other.at);
  }

  /** The time of the next entry, or infinity. */
  public get next(): number {
    return this.entries[0]?.at ?? Infinity;
  }

  /** Performs what is due. Returns whether anything was. */
  public async performDue(when: 'alone' | 'during an execution' = 'alone'): Promise<boolean> {
    let any = false;
    for (;;) {
      const due = this.entries.find(({ at, alone }) => at <= this.now() && (when === 'alone' || !alone));
      if (due === undefined) return any;
      this.entries.splice(this.entries.indexOf(due), 1);
      await due.act();
      any = true;
    }
  }

  public clear(): void {
    this.entries = [];
  }
}
