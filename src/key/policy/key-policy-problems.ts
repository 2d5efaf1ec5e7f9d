import { MAX_KEY_POLICY_BYTES } from '../../contract/limits';
import { isAboutAction } from '../../contract/policies/wildcard';
import { describeProblem } from '../../contract/problem';
import { statementProblems, type Statement } from '../../permissions/principals/statement-problems';

const PUT_KEY_POLICY = 'kms:PutKeyPolicy';
const EVERY_PRINCIPAL = '"*"';
/** Estimated maximum length of a role or key ARN. Pseudo parameters are shorter. */
const BYTES_OF_AN_ARN = 100;
const BYTES_OF_PSEUDO_PARAMETERS: ReadonlyMap<string, number> = new Map([
  ['AWS::AccountId', 12], ['AWS::Partition', 10], ['AWS::Region', 14], ['AWS::URLSuffix', 16],
]);

/**
 * Problems of a key policy as a whole, including the user's own statements.
 *
 * @param document the policy as in the template; undefined for an empty policy, which the template omits
 * @param deployer the principal that deploys it, as in the template; undefined if it is unknown
 * @param generated the Sids of statements whose principals are already checked where they are declared
 */
export function keyPolicyProblems(
  document: { readonly Statement?: readonly Statement[] } = {}, deployer?: unknown, generated: readonly string[] = [],
): string[] {
  const { Statement: statements = [] } = document;
  return [
    ...lockOutProblems(statements, principalsIn(deployer)),
    ...statementProblems(statements.filter(({ Sid }) => Sid === undefined || !generated.includes(Sid))),
    ...sizeProblems(document),
    ...sidProblems(statements),
  ];
}

/** At least one principal must keep PutKeyPolicy. Without it, only AWS Support can change the policy again. */
function lockOutProblems(statements: readonly Statement[], deployer: readonly string[]): string[] {
  const about = statements.filter((statement) => isAboutAction(statement, PUT_KEY_POLICY));
  const unconditional = about.filter(({ Condition }) => Condition === undefined);
  const denied = principalsOf(unconditional, 'Deny');
  const isDenied = (keeper: string) => denied.includes(EVERY_PRINCIPAL) || denied.includes(keeper);
  const keepersOf = (some: readonly Statement[]) => principalsOf(some, 'Allow').filter((keeper) => !isDenied(keeper));
  if (keepersOf(unconditional).length === 0) {
    return [describeProblem({
      where: 'key policy',
      what: 'no principal could change it again',
      given: principalsOf(unconditional, 'Allow').length === 0
        ? `no principal is allowed ${PUT_KEY_POLICY} without a condition`
        : `every principal that is allowed ${PUT_KEY_POLICY} is also denied it`,
      remedy: 'allow it to administrators, use a posture with a deployment or break-glass role, or delegate to IAM of the account',
    })];
  }
  const includesDeployer = keepersOf(about).some((keeper) => keeper === EVERY_PRINCIPAL || deployer.includes(keeper) || isAccount(keeper));
  return deployer.length === 0 || includesDeployer ? [] : [describeProblem({
    where: 'key policy',
    what: 'the deployment role could not change it again, so AWS KMS would refuse it',
    given: `no ${PUT_KEY_POLICY} for ${deployer.join(', ')}`,
    remedy: 'do not replace the statement of the posture, or allow the action in its replacement',
  })];
}

function principalsOf(statements: readonly Statement[], effect: Statement['Effect']): string[] {
  return statements.filter(({ Effect }) => Effect === effect).flatMap(({ Principal }) => principalsIn(Principal));
}

/** The root of an account means every principal that its IAM policies allow. */
function isAccount(principal: string): boolean {
  return /:root"/.test(principal) || /^"\d{12}"$/.test(principal);
}

function sizeProblems(document: unknown): string[] {
  const bytes = estimateBytes(document);
  if (bytes <= MAX_KEY_POLICY_BYTES) return [];
  return [describeProblem({
    where: 'key policy',
    what: 'is too large for AWS KMS',
    given: `about ${bytes} bytes`,
    allowed: `${MAX_KEY_POLICY_BYTES} bytes`,
    remedy: 'use one role for principals with the same task, or allow some of them in IAM policies by a grant method',
  })];
}

/** A Sid must be unique in a policy. Source: "IAM JSON policy elements: Sid", IAM user guide. */
function sidProblems(statements: readonly Statement[]): string[] {
  const sids = statements.flatMap(({ Sid }) => Sid ?? []);
  const twice = [...new Set(sids.filter((sid, index) => sids.indexOf(sid) !== index))];
  return twice.map((sid) => describeProblem({
    where: 'key policy',
    what: 'two statements have the same Sid',
    given: sid,
    remedy: 'change the Sid of one of them',
  }));
}

/** Estimated size of the policy after CloudFormation resolves the intrinsic functions. */
function estimateBytes(value: unknown): number {
  if (Array.isArray(value)) return sum(value.map(estimateBytes)) + value.length + 1;
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(JSON.stringify(value) ?? '');
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
    return estimateFilled(only[0], only[1]) + 2;
  }
  const members = entries.map(([name, member]) => Buffer.byteLength(JSON.stringify(name)) + 1 + estimateBytes(member));
  return sum(members) + Math.max(entries.length - 1, 0) + 2;
}

function estimateFilled(intrinsic: string, given: unknown): number {
  if (intrinsic === 'Ref') return BYTES_OF_PSEUDO_PARAMETERS.get(String(given)) ?? BYTES_OF_AN_ARN;
  if (intrinsic === 'Fn::Join') {
    const [between, parts] = given as [string, unknown[]];
    return sum(parts.map((part) => estimateBytes(part) - 2)) + between.length * Math.max(parts.length - 1, 0);
  }
  return BYTES_OF_AN_ARN;
}

/** Each principal as JSON, so that equal principals compare as equal strings. */
function principalsIn(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null) return principal === undefined ? [] : [JSON.stringify(principal)];
  return Object.values(principal).flatMap((each) => [each].flat()).map((each) => JSON.stringify(each));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
