import { join } from 'node:path';
import { ROOT } from '../programs/root';
import { run, type RunOptions } from '../programs/run';

/** The package as npm would publish it. */
export interface NpmPackage {
  readonly tarball: string;
  readonly bytes: number;
  readonly bytesUnpacked: number;
  /** Paths of all files in the package. */
  readonly files: readonly string[];
}

/** Packs the project, which must be built, into a folder. */
export async function packProject({ folder, log }: RunOptions): Promise<NpmPackage> {
  const output = await run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], { folder: ROOT, log });
  const [packed] = JSON.parse(output) as { filename: string; size: number; unpackedSize: number; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(`npm pack has created no package: ${output}`);
  return {
    tarball: join(folder, packed.filename),
    bytes: packed.size,
    bytesUnpacked: packed.unpackedSize,
    files: packed.files.map(({ path }) => path),
  };
}
