import { isDeepStrictEqual } from 'node:util';
import type { Installation } from './installation';
import { describeProblem } from '../../src/contract/problem';

/** The types of resources that `explain` has to know as keys. */
const KEYS = ['AWS::KMS::Key', 'AWS::KMS::ReplicaKey', 'Custom::RotatingKey'];

/** What an installation did that it should not have done. */
export function installationProblems({ versions, resourceTypes, explainedKeys, answerOfLocalKms }: Installation): string[] {
  const where = `beside aws-cdk-lib ${versions.cdk}`;
  const keys = [...resourceTypes].filter(([, type]) => KEYS.includes(type)).map(([logicalId]) => logicalId);
  const problems: string[] = [];
  if (keys.length === 0) problems.push(describeProblem({ where, what: 'the app has no key', remedy: 'look at its template' }));
  if (!isDeepStrictEqual([...explainedKeys].sort(), [...keys].sort())) {
    problems.push(describeProblem({ where, what: 'explain tells of other keys', given: explainedKeys.join(', '), allowed: keys.join(', '), remedy: 'try it' }));
  }
  if (answerOfLocalKms !== '{"Keys":[],"Truncated":false}') {
    problems.push(describeProblem({ where, what: 'the local KMS answers something else to ListKeys', given: answerOfLocalKms, remedy: 'try it' }));
  }
  return problems;
}

/** An AWS CDK that is newer must not replace a resource: what has another logical id, or is of another type, would be made anew. */
export function upgradeProblems(from: Installation, to: Installation): string[] {
  const where = `from aws-cdk-lib ${from.versions.cdk} to ${to.versions.cdk}`;
  return [...from.resourceTypes].filter(([logicalId, type]) => to.resourceTypes.get(logicalId) !== type).map(([logicalId, type]) => describeProblem({
    where,
    what: `the ${type} ${logicalId} would be replaced`,
    given: to.resourceTypes.get(logicalId) ?? 'no resource of this id',
    remedy: 'keep its construct id, whatever the AWS CDK makes of it',
  }));
}
