import { join } from 'node:path';
import { run, type Surroundings } from '../programs/program';
import { ROOT } from '../programs/root';

/** The package as npm would publish it. */
export interface NpmPackage {
  readonly tarball: string;
  readonly bytes: number;
  readonly bytesUnpacked: number;
  /** The paths of everything that is in it. */
  readonly files: readonly string[];
}

/** Packs the project, which has to be built, into a folder. */
export async function packProject({ folder, log }: Surroundings): Promise<NpmPackage> {
  const answer = await run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], { folder: ROOT, log });
  const [packed] = JSON.parse(answer) as { filename: string; size: number; unpackedSize: number; files: { path: string }[] }[];
  if (packed === undefined) throw new Error(`npm pack has packed nothing: ${answer}`);
  return {
    tarball: join(folder, packed.filename),
    bytes: packed.size,
    bytesUnpacked: packed.unpackedSize,
    files: packed.files.map(({ path }) => path),
  };
}
