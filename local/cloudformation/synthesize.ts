import { readFileSync, readdirSync, rmSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import type { Template } from './template';

/** A synthesized stack. */
export interface SynthesizedStack {
  readonly stackName: string;
  readonly template: Template;
  /**
   * The handlers of this package that the functions run: by the S3 key of the code, the name of a folder in `assets/`.
   */
  readonly assets: ReadonlyMap<string, string>;
}

const ASSETS = resolve(__dirname, '..', '..', 'assets');

/** Synthesizes one stack in an app of its own. */
export function synthesize(build: (app: App) => Stack): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), 'synthesized-'));
  try {
    const app = new App({ outdir, analyticsReporting: false, treeMetadata: false });
    const stack = build(app);
    const artifact = app.synth().getStackArtifact(stack.artifactId);
    return { stackName: stack.stackName, template: artifact.template as Template, assets: recognizeAssets(outdir) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The CDK names a staged folder after its hash, so the handler is recognized by the content of the folder. */
function recognizeAssets(outdir: string): Map<string, string> {
  const shipped = new Map(readdirSync(ASSETS).map((asset) => [readFileSync(join(ASSETS, asset, 'index.js'), 'utf8'), asset]));
  const recognized = new Map<string, string>();
  for (const name of readdirSync(outdir)) {
    if (!name.startsWith('asset.') || !statSync(join(outdir, name)).isDirectory()) continue;
    const asset = shipped.get(readFileSync(join(outdir, name, 'index.js'), 'utf8'));
    if (asset !== undefined) recognized.set(`${name.slice('asset.'.length)}.zip`, asset);
  }
  return recognized;
}
