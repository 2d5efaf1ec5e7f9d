import { readFileSync, readdirSync, rmSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import type { Template } from './template';

/** A stack as the AWS CDK hands it to CloudFormation. */
export interface SynthesizedStack {
  readonly stackName: string;
  readonly template: Template;
  /** Which of the handlers that the package ships stands behind the code of a function: by its key, the name of a folder below `assets/`. */
  readonly assets: ReadonlyMap<string, string>;
}

const ASSETS = resolve(__dirname, '..', '..', 'assets');

/** Synthesizes one stack in an app of its own. */
export function synthesize(build: (app: App) => Stack): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), 'synthesized-'));
  try {
    const app = new App({ outdir, analyticsReporting: false });
    const stack = build(app);
    const artifact = app.synth().getStackArtifact(stack.artifactId);
    return { stackName: stack.stackName, template: artifact.template as Template, assets: recognizeAssets(outdir) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The CDK names a staged folder by its hash; the bytes in it say which handler it is. */
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
