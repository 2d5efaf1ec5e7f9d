import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Life } from '../life/life';

/** A minimal life, and what it shows. */
export interface CorpusLife {
  readonly finds: string;
  readonly life: Life;
}

const CORPUS = resolve(__dirname, '..', 'corpus');

/** Lives that broke a law once, and do not break it any more. */
export function readCorpus(): CorpusLife[] {
  return readdirSync(CORPUS).filter((name) => name.endsWith('.json')).sort()
    .map((name) => JSON.parse(readFileSync(join(CORPUS, name), 'utf8')) as CorpusLife);
}
