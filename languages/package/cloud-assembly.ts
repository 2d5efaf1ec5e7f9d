import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Output of an app: templates, and lists of assets, which contain the hash of each asset and of each template. */
export interface CloudAssembly {
  /** Parsed JSON, by file name. */
  readonly files: { readonly [name: string]: unknown };
  readonly resources: number;
  /** Number of assets that are code. */
  readonly codeAssets: number;
  /** The hash of each template, which is the name of its asset. */
  readonly templateHashes: readonly string[];
}

interface Template {
  readonly Resources: { readonly [logicalId: string]: { readonly Type: string } };
}

interface AssetList {
  readonly files: { readonly [hash: string]: { readonly source: { readonly packaging: string } } };
}

/** Reads the folder that an app has written. */
export function readCloudAssembly(folder: string): CloudAssembly {
  const names = readdirSync(folder).filter((name) => /\.(template|assets)\.json$/.test(name)).sort();
  const files = Object.fromEntries(names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown]));
  const ofKind = <Kind>(ending: string) => names.filter((name) => name.endsWith(ending)).map((name) => files[name] as Kind);
  const assets = ofKind<AssetList>('.assets.json').flatMap((list) => Object.entries(list.files));
  const hashesOf = (packaging: string) => assets.filter(([, { source }]) => source.packaging === packaging).map(([hash]) => hash);
  return {
    files,
    resources: ofKind<Template>('.template.json').flatMap(({ Resources }) => Object.keys(Resources)).length,
    codeAssets: hashesOf('zip').length,
    templateHashes: hashesOf('file'),
  };
}

/** The type of each resource, by its logical id. */
export function resourceTypes({ files }: CloudAssembly): Map<string, string> {
  const templates = Object.entries(files).filter(([name]) => name.endsWith('.template.json')).map(([, template]) => template as Template);
  return new Map(templates.flatMap(({ Resources }) => Object.entries(Resources).map(([logicalId, { Type }]) => [logicalId, Type])));
}
