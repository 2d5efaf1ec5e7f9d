import { aboutTheKey } from './about-the-key';
import { identityPoliciesOf, type IdentityPolicy } from './identity-policies';
import type { Template } from './template';
import { keysOf, type TemplateKey } from './template-keys';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../src/contract/family/rotating-key-resource';
import { accessTable, policyStatements, statementRows, type AccessRow } from '../../src/contract/policies/access-table';

/** Who may do what with the keys of a template. */
export interface Explanation {
  readonly keys: readonly ExplainedKey[];
}

export interface ExplainedKey {
  readonly logicalId: string;
  readonly type: string;
  readonly aliases: readonly string[];
  /** What a reader of the rows has to know beside them. */
  readonly notes: readonly string[];
  readonly access: readonly AccessRow[];
}

/** What KMS puts on a key that comes without a policy. */
const DEFAULT_POLICY = { Statement: { Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Action: 'kms:*', Resource: '*' } };

/** Explains the keys of a template, or the one with that logical id. No such key, or no key at all, is a `Failure`. */
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
    ? accessTable(logicalId, DEFAULT_POLICY, { through: 'default key policy' })
    : accessTable(logicalId, policy, { through: 'key policy' });
  const byIdentityPolicy = identityPolicies.flatMap((identityPolicy) => identityRows(identityPolicy, key));
  return { logicalId, type, aliases, notes: notesOn(type, byKeyPolicy, byIdentityPolicy), access: [...byKeyPolicy, ...byIdentityPolicy] };
}

/** What an identity policy says about the key, and about nothing else. */
function identityRows({ logicalId, principals, document, when }: IdentityPolicy, key: TemplateKey): AccessRow[] {
  return policyStatements(logicalId, document, when)
    .flatMap((statement) => aboutTheKey(statement, key) ?? [])
    .flatMap((statement) => statementRows(statement, { principals, through: `identity policy ${logicalId}` }));
}

function notesOn(type: string, byKeyPolicy: readonly AccessRow[], byIdentityPolicy: readonly AccessRow[]): string[] {
  const powerless = byIdentityPolicy.some(({ effect }) => effect === 'Allow') && !byKeyPolicy.some(({ decidedByIam }) => decidedByIam);
  return [
    ...(type === ROTATING_KEY_RESOURCE_TYPE
      ? ['This is the declared policy. Each generation stands under it, and under denials that follow its phase: nobody may do more than this.']
      : []),
    ...(powerless ? ['The key policy leaves nothing to IAM: what an identity policy allows counts only for whom the key policy allows it, too.'] : []),
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
    what: 'template has no such key',
    given: logicalId,
    allowed: keys.map((key) => key.logicalId).join(', '),
    remedy: 'name one of them, or leave --key out to see all',
  });
}
