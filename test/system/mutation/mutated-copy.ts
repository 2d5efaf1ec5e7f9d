import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Mutant } from './mutants';

const ROOT = resolve(__dirname, '..', '..', '..');
const COPIED = ['src', 'lambda', 'cli', 'local', 'simulation', 'examples', 'docs', 'test', 'package.json', 'tsconfig.json'];
const LINKED = ['node_modules', 'assets'];

/** A copy of the project, from which safety measures are removed one by one. */
export class MutatedCopy {
  /** Passes a copy to a function, and deletes it afterwards. */
  public static async use(run: (copy: MutatedCopy) => Promise<void>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), 'mutation-check-'));
    try {
      for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
      for (const name of LINKED) symlinkSync(join(ROOT, name), join(folder, name));
      await run(new MutatedCopy(folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  private constructor(public readonly folder: string) {}

  /** Runs a function while one safety measure is removed. */
  public async without<T>({ without, file, find, replace }: Mutant, run: () => Promise<T>): Promise<T> {
    const path = join(this.folder, file);
    const original = readFileSync(path, 'utf8');
    if (original.split(find).length !== 2) throw new Error(`${file}: mutant "without ${without}" needs this text exactly once: ${find}`);
    writeFileSync(path, original.replace(find, () => replace));
    try {
      return await run();
    } finally {
      writeFileSync(path, original);
    }
  }
}
