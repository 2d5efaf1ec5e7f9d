import { identityPoliciesOf, type IdentityPolicy } from './identity-policies';
import { narrowToKey } from './narrow-to-key';
import type { Template } from './template';
import { keysOf, type TemplateKey } from './template-keys';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { accessTable, policyStatements, statementRows, type AccessRow } from '../../src/contract/policies/access-table';

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

/** The policy that KMS attaches to a key that is created without one. */
const DEFAULT_POLICY = { Statement: { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' } };

const NOTE_ON_ROTATING_KEYS =
  'Every generation has this policy, and Deny statements that depend on its phase and are not listed here: no principal has more access.';
const NOTE_ON_IDENTITY_POLICIES =
  'The key policy does not delegate access to IAM: an Allow of an identity policy has an effect only if the key policy allows the same.';

/** Explains all keys of a template, or the one with this logical id. Throws a `Failure` if there is none. */
export function explain(file: string, template: Template, logicalId?: string): Explanation {
  const keys = keysOf(template);
  const chosen = logicalId === undefined ? keys : keys.filter((key) => key.logicalId === logicalId);
  if (chosen.length === 0) throw noSuchKey(file, keys, logicalId);
  const identityPolicies = identityPoliciesOf(template);
  return { keys: chosen.map((key) => explainKey(key, identityPolicies)) };
}

function explainKey(key: TemplateKey, identityPolicies: readonly IdentityPolicy[]): ExplainedKey {
  const { logicalId, type, aliases, policy } = key;
  const byKeyPolicy = policy === undefined
    ? accessTable(logicalId, DEFAULT_POLICY, { source: 'default key policy' })
    : accessTable(logicalId, policy, { source: 'key policy' });
  const byIdentityPolicy = identityPolicies.flatMap((identityPolicy) => identityRows(identityPolicy, key));
  return { logicalId, type, aliases, notes: notesOn(type, byKeyPolicy, byIdentityPolicy), access: [...byKeyPolicy, ...byIdentityPolicy] };
}

/** The rows of an identity policy that apply to the key. */
function identityRows({ logicalId, principals, document, when }: IdentityPolicy, key: TemplateKey): AccessRow[] {
  return policyStatements(logicalId, document, when)
    .flatMap((statement) => narrowToKey(statement, key) ?? [])
    .flatMap((statement) => statementRows(statement, { principals, source: `identity policy ${logicalId}` }));
}

function notesOn(type: string, byKeyPolicy: readonly AccessRow[], byIdentityPolicy: readonly AccessRow[]): string[] {
  const ineffective = byIdentityPolicy.some(({ effect }) => effect === 'Allow') && !byKeyPolicy.some(({ decidedByIam }) => decidedByIam);
  return [
    ...(type === ROTATING_KEY_RESOURCE_TYPE ? [NOTE_ON_ROTATING_KEYS] : []),
    ...(ineffective ? [NOTE_ON_IDENTITY_POLICIES] : []),
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
