import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** A question to the evaluator: may this principal do this, under these policies? */
export interface Simulation {
  readonly request: {
    readonly principal: string;
    readonly action: string;
    readonly resource: { readonly resource: string; readonly accountId: string };
    readonly contextVariables: Readonly<Record<string, string | string[]>>;
  };
  readonly identityPolicies: { readonly name: string; readonly policy: object }[];
  readonly resourcePolicy?: object;
  readonly serviceControlPolicies: [];
  readonly resourceControlPolicies: [];
}

type Decision = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';

interface PolicyError {
  readonly message: string;
  readonly path: string;
}

interface Analysis {
  readonly identityAnalysis?: { readonly result: Decision };
  readonly resourceAnalysis?: { readonly result: Decision | 'NotApplicable' | 'AllowedForAccount' | 'DeniedForAccount' };
}

interface Result {
  readonly analysis: Analysis;
  readonly ignoredContextKeys?: string[];
}

/** What the evaluator answers; the part of it that is looked at here. */
export type SimulationOutcome =
  | { readonly resultType: 'single'; readonly overallResult: Decision; readonly result: Result }
  | { readonly resultType: 'wildcard'; readonly overallResult: Decision; readonly results: Result[] }
  | {
    readonly resultType: 'error';
    readonly errors: {
      readonly message: string;
      readonly resourcePolicyErrors?: PolicyError[];
      readonly identityPolicyErrors?: Readonly<Record<string, PolicyError[]>>;
    };
  };

/** Evaluates policies as IAM does. */
export interface Evaluator {
  runSimulation(simulation: Simulation, options: object): Promise<SimulationOutcome>;
}

const EVALUATOR_PACKAGE = '@cloud-copilot/iam-simulate';

/**
 * Loads the evaluator that the user has installed beside this package.
 *
 * It is under another licence (AGPL-3.0), so it is never part of this package: whoever wants policies enforced installs it, and only then
 * it is loaded. That is also why its name must never stand in an import.
 *
 * @param folders where to look for it: from each of these, in node_modules and upwards
 */
export function loadEvaluator(folders: readonly string[] = [process.cwd(), __dirname]): Evaluator {
  for (const folder of folders) {
    const requireFrom = createRequire(join(folder, 'package.json'));
    try {
      return requireFrom(EVALUATOR_PACKAGE) as Evaluator;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: 'policy enforcement',
    what: `${EVALUATOR_PACKAGE}, which evaluates policies, is not installed`,
    remedy: `npm install --save-dev ${EVALUATOR_PACKAGE}`,
  });
}

/** Each error of a policy in one sentence. */
export function describePolicyErrors(errors: readonly PolicyError[]): string {
  return errors.map(({ message, path }) => path === '' ? message : `${message} at ${path}`).join('; ');
}
