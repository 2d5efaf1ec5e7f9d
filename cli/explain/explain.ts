import { statementsOn, type PlacedStatement } from './statements';
import type { Template } from './template';
import { keysOf, type TemplateKey } from './template-keys';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { statementRows, type AccessRow } from '../../src/contract/policies/access-table';

/** The access of every principal to the keys of a template. */
export interface Explanation {
  readonly keys: readonly ExplainedKey[];
}

export interface ExplainedKey {
  readonly logicalId: string;
  readonly type: string;
  readonly aliases: readonly string[];
  /** What a reader must know to understand the rows. */
  readonly notes: readonly string[];
  readonly access: readonly AccessRow[];
}

const NOTE_ON_ROTATING_KEYS =
  'Every generation has this policy, and Deny statements that depend on its phase and are not listed here: no principal has more access.';
const NOTE_ON_IDENTITY_POLICIES =
  'The key policy does not delegate access to IAM: an Allow of an identity policy has an effect only if the key policy allows the same.';

/** Explains all keys of a template, or the one with this logical id. Throws a `Failure` if there is none. */
export function explain(file: string, template: Template, logicalId?: string): Explanation {
  const keys = keysOf(template);
  const chosen = logicalId === undefined ? keys : keys.filter((key) => key.logicalId === logicalId);
  if (chosen.length === 0) throw noSuchKey(file, keys, logicalId);
  return { keys: chosen.map((key) => explainKey(key, template)) };
}

function explainKey(key: TemplateKey, template: Template): ExplainedKey {
  const { logicalId, type, aliases } = key;
  const statements = statementsOn(key, template);
  const access = statements.flatMap(({ policyStatement, place }) => statementRows(policyStatement, place));
  return { logicalId, type, aliases, notes: notesOn(type, statements, access), access };
}

function notesOn(type: string, statements: readonly PlacedStatement[], access: readonly AccessRow[]): string[] {
  const needDelegation = statements.some(({ needsDelegation, policyStatement: { statement } }) =>
    needsDelegation && statement.Effect === 'Allow');
  return [
    ...(type === ROTATING_KEY_RESOURCE_TYPE ? [NOTE_ON_ROTATING_KEYS] : []),
    ...(needDelegation && !access.some(({ decidedByIam }) => decidedByIam) ? [NOTE_ON_IDENTITY_POLICIES] : []),
  ];
}

function noSuchKey(file: string, keys: readonly TemplateKey[], logicalId: string | undefined): Failure {
  if (keys.length === 0) {
    return new Failure(ErrorName.INVALID_REQUEST, {
      where: file,
      what: 'template has no KMS key',
      allowed: `resources of type AWS::KMS::Key, AWS::KMS::ReplicaKey or ${ROTATING_KEY_RESOURCE_TYPE}`,
      remedy: 'name the template of the stack that declares the key',
    });
  }
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: file,
    what: 'template has no key with this logical id',
    given: logicalId,
    allowed: keys.map((key) => key.logicalId).join(', '),
    remedy: 'name one of them, or omit --key to list all',
  });
}
