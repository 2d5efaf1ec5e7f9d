import { MAX_KEY_POLICY_BYTES } from '../../contract/limits';
import { isAboutAction } from '../../contract/policies/wildcard';
import { describeProblem } from '../../contract/problem';

/** A statement as it stands in the template: intrinsic functions of CloudFormation stand for what only a deployment knows. */
interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Principal?: unknown;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: unknown } };
}

const PUT_KEY_POLICY = 'kms:PutKeyPolicy';
const EVERYBODY = '"*"';
/** Conditions that leave of everybody only some whom somebody has named. */
const NAMES_SOMEBODY = [
  'kms:calleraccount', 'aws:principalaccount', 'aws:principalarn', 'aws:principalorgid', 'aws:principalorgpaths', 'aws:sourceaccount', 'aws:sourcearn',
];
/** What an ARN of a role or key takes at most in practice; pseudo parameters take less. */
const BYTES_OF_AN_ARN = 100;
const BYTES_OF_PSEUDO_PARAMETERS: ReadonlyMap<string, number> = new Map([
  ['AWS::AccountId', 12], ['AWS::Partition', 10], ['AWS::Region', 14], ['AWS::URLSuffix', 16],
]);

/**
 * What is wrong with a key policy as a whole, whoever wrote its statements.
 *
 * @param document as it stands in the template; a policy that says nothing does not stand there
 * @param deployer whoever deploys it, as the template names a principal; nothing where that is not known
 */
export function keyPolicyProblems(document: { readonly Statement?: readonly Statement[] } = {}, deployer?: unknown): string[] {
  const { Statement: statements = [] } = document;
  return [
    ...lockOutProblems(statements, principalsIn(deployer)),
    ...everybodyProblems(statements),
    ...sizeProblems(document),
    ...sidProblems(statements),
  ];
}

/** Somebody has to keep the right to change the policy, or nobody but AWS support can help afterwards. */
function lockOutProblems(statements: readonly Statement[], deployer: readonly string[]): string[] {
  const about = statements.filter((statement) => isAboutAction(statement, PUT_KEY_POLICY));
  const unconditional = about.filter(({ Condition }) => Condition === undefined);
  const denied = principalsOf(unconditional, 'Deny');
  const isDenied = (keeper: string) => denied.includes(EVERYBODY) || denied.includes(keeper);
  const keepersOf = (some: readonly Statement[]) => principalsOf(some, 'Allow').filter((keeper) => !isDenied(keeper));
  if (keepersOf(unconditional).length === 0) {
    return [describeProblem({
      where: 'key policy',
      what: 'nobody could ever change it again',
      given: principalsOf(unconditional, 'Allow').length === 0
        ? `no principal is allowed ${PUT_KEY_POLICY} without a condition`
        : `everybody who is allowed ${PUT_KEY_POLICY} is denied it, too`,
      remedy: 'leave it to administrators, to a posture with a role that looks after the key, or to IAM of the account',
    })];
  }
  const includesDeployer = keepersOf(about).some((keeper) => keeper === EVERYBODY || deployer.includes(keeper) || isAccount(keeper));
  return deployer.length === 0 || includesDeployer ? [] : [describeProblem({
    where: 'key policy',
    what: 'whoever deploys it could not change it again, so AWS KMS would refuse it',
    given: `no ${PUT_KEY_POLICY} for ${deployer.join(', ')}`,
    remedy: 'leave the statement of the posture as it is, or allow it in the one that takes its place',
  })];
}

function principalsOf(statements: readonly Statement[], effect: Statement['Effect']): string[] {
  return statements.filter(({ Effect }) => Effect === effect).flatMap(({ Principal }) => principalsIn(Principal));
}

/** The root of an account stands for whomever its IAM policies let in. */
function isAccount(principal: string): boolean {
  return /:root"/.test(principal) || /^"\d{12}"$/.test(principal);
}

function everybodyProblems(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ Effect, Principal, Condition }) => Effect === 'Allow' && principalsIn(Principal).includes(EVERYBODY) && !namesSomebody(Condition))
    .map(({ Sid }) => describeProblem({
      where: `key policy, statement ${Sid ?? 'without Sid'}`,
      what: 'everybody in AWS would be let in',
      given: 'principal *',
      allowed: `principals by name, or * with a condition on ${NAMES_SOMEBODY.slice(0, 4).join(', ')} or the like`,
      remedy: 'name who is meant',
    }));
}

function namesSomebody(condition: Statement['Condition'] = {}): boolean {
  return Object.entries(condition).some(([operator, keys]) =>
    !/Not|IfExists|^ForAllValues|^Null$/.test(operator) && Object.keys(keys).some((key) => NAMES_SOMEBODY.includes(key.toLowerCase())));
}

function sizeProblems(document: unknown): string[] {
  const bytes = estimateBytes(document);
  if (bytes <= MAX_KEY_POLICY_BYTES) return [];
  return [describeProblem({
    where: 'key policy',
    what: 'is too large for AWS KMS',
    given: `about ${bytes} bytes`,
    allowed: `${MAX_KEY_POLICY_BYTES} bytes`,
    remedy: 'let roles that do the same share a role, or allow some of them by IAM with a grant method',
  })];
}

/** A Sid stands once in a policy. Source: "IAM JSON policy elements: Sid", IAM user guide. */
function sidProblems(statements: readonly Statement[]): string[] {
  const sids = statements.flatMap(({ Sid }) => Sid ?? []);
  const twice = [...new Set(sids.filter((sid, index) => sids.indexOf(sid) !== index))];
  return twice.map((sid) => describeProblem({ where: 'key policy', what: 'two statements have one Sid', given: sid, remedy: 'give one of them another Sid' }));
}

/** How long the policy will be once CloudFormation has filled in what only it knows. */
function estimateBytes(value: unknown): number {
  if (Array.isArray(value)) return sum(value.map(estimateBytes)) + value.length + 1;
  if (typeof value !== 'object' || value === null) return Buffer.byteLength(JSON.stringify(value) ?? '');
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) return estimateFilled(only[0], only[1]) + 2;
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

/** Each principal in a form in which equal ones are equal. */
function principalsIn(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null) return principal === undefined ? [] : [JSON.stringify(principal)];
  return Object.values(principal).flatMap((each) => [each].flat()).map((each) => JSON.stringify(each));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
