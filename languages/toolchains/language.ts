import type { Tool } from '../programs/tool';
import type { Versions } from '../programs/versions';

/** Environment in which a language builds the package and its app. */
export interface BuildContext {
  /** Folder that contains the app only. */
  readonly folder: string;
  /** Source of the package that jsii has generated for this language. */
  readonly generated: string;
  readonly versions: Versions;
  /** Runs a program in the folder. Its environment directs the output of an app to the expected folder. */
  run(command: string, ...args: string[]): Promise<unknown>;
}

/** Language in which the package is used. */
export interface Language {
  readonly name: string;
  /** Folder of its app, and its jsii target. */
  readonly target: string;
  /** Tools that must be installed. */
  readonly tools: readonly Tool[];
  /** Builds the package from its generated source, installs it as users do, and synthesizes the app. */
  synthesize(context: BuildContext): Promise<void>;
}
