import { isDeepStrictEqual } from 'node:util';
import type { Installation } from './installation';
import { describeProblem } from '../../src/contract/problem';

/** Resource types that `explain` must list as keys. */
const KEYS = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey', 'Custom::RotatingKey'];

const EMPTY_LIST_OF_KEYS = '{"Keys":[],"Truncated":false}';

/** Faults of an installed package. */
export function installationProblems({ versions, resourceTypes, explainedKeys, localKmsResponse }: Installation): string[] {
  const where = `with aws-cdk-lib ${versions.cdk}`;
  const keys = [...resourceTypes].filter(([, type]) => KEYS.includes(type)).map(([logicalId]) => logicalId);
  const problems: string[] = [];
  if (keys.length === 0) problems.push(describeProblem({ where, what: 'the app has no key', remedy: 'check its template' }));
  if (!isDeepStrictEqual([...explainedKeys].sort(), [...keys].sort())) {
    problems.push(describeProblem({
      where,
      what: 'explain does not list the keys of the template',
      given: explainedKeys.join(', '),
      allowed: keys.join(', '),
      remedy: 'run explain on this template',
    }));
  }
  if (localKmsResponse !== EMPTY_LIST_OF_KEYS) {
    problems.push(describeProblem({
      where,
      what: 'the response of the local KMS to ListKeys is not an empty list',
      given: localKmsResponse,
      allowed: EMPTY_LIST_OF_KEYS,
      remedy: 'run list-keys.mts of the TypeScript app',
    }));
  }
  return problems;
}

/** Resources that an update of the AWS CDK would replace, because their logical id or type is another one. */
export function upgradeProblems(from: Installation, to: Installation): string[] {
  const where = `from aws-cdk-lib ${from.versions.cdk} to ${to.versions.cdk}`;
  const replaced = [...from.resourceTypes].filter(([logicalId, type]) => to.resourceTypes.get(logicalId) !== type);
  return replaced.map(([logicalId, type]) => describeProblem({
    where,
    what: `the ${type} ${logicalId} would be replaced`,
    given: to.resourceTypes.get(logicalId) ?? 'no resource with this logical id',
    remedy: 'keep its construct id in every version of the AWS CDK',
  }));
}
