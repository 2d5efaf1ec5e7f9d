import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';

/** The input of the evaluator: whether this principal may perform this action under these policies. */
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

/** The part of the evaluator's result that is used here. */
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
 * It has another license (AGPL-3.0), so that it is never part of this package: a user who enforces policies installs
 * it, and only then it is loaded. For this reason its name must never appear in an import.
 *
 * @param folders where to search: in node_modules of each of these folders and of their parents
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

/** All errors of a policy as one text. */
export function describePolicyErrors(errors: readonly PolicyError[]): string {
  return errors.map(({ message, path }) => path === '' ? message : `${message} at ${path}`).join('; ');
}
