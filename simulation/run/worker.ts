import '../../local/suppress-node-version-warning';
import { live } from './live';
import { drawLife } from '../life/life';

/** A process that lives one life after another. It receives seeds, and answers with outcomes. */
process.on('message', ({ seed, years }: { seed: number; years: number }) => {
  void live(drawLife(seed, years)).then((outcome) => process.send?.(outcome), (error: Error) => {
    process.stderr.write(`seed ${seed}: ${error.stack}\n`);
    process.exit(1);
  });
});
