import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an app becomes: its templates, and its lists of assets, which name each asset and each template by the hash of its content. */
export interface CloudAssembly {
  /** By file name, parsed. */
  readonly files: { readonly [name: string]: unknown };
  readonly resources: number;
  /** Assets that are code. */
  readonly codeAssets: number;
  /** The hash of each template, as its asset is called by. */
  readonly templateHashes: readonly string[];
}

interface Template {
  readonly Resources: { readonly [logicalId: string]: { readonly Type: string } };
}

interface AssetList {
  readonly files: { readonly [hash: string]: { readonly source: { readonly packaging: string } } };
}

/** Reads a folder that an app has written. */
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
