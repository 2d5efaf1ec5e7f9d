import type { Tool } from '../programs/tool';
import type { Versions } from '../programs/versions';

/** Where a language builds the package, and its app. */
export interface Workplace {
  /** A folder with the app, and nothing else. */
  readonly folder: string;
  /** The source of the package in this language, as jsii has generated it. */
  readonly generated: string;
  readonly versions: Versions;
  /** Runs a program in the folder. An app that runs leaves its templates and assets where they are looked for. */
  run(command: string, ...args: string[]): Promise<unknown>;
}

/** A language in which the package is used. */
export interface Language {
  readonly name: string;
  /** Its folder among the apps, and what jsii calls it. */
  readonly target: string;
  /** What has to be installed before. */
  readonly tools: readonly Tool[];
  /** Builds the package from its generated source, installs it as its users do, and has the app synthesized. */
  synthesize(workplace: Workplace): Promise<void>;
}
