import { storeFormerState } from './former-state';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_TAG_SCHEMA, generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { TAG_LIMITS } from '../../../src/contract/limits';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { KeyDescription, Tags } from '../../ports/keys';
import type { ControlPorts } from '../control-ports';
import { generationPolicy } from '../policy/generation-policy';
import { isSamePrincipal, lostAccess, removedDenials } from '../policy/lost-access';
import { allowedPrincipals, principalsOf } from '../policy/policy-comparison';
import { policyRevision } from '../policy/policy-revision';
import { isSamePolicy } from '../policy/same-policy';
import { writePolicy } from '../policy/write-policy';
import { retryWhilePropagating } from '../retry-while-propagating';
import { tagValue } from '../tag-value';

/** An existing key to adopt as generation 0. */
export interface ExistingKey {
  readonly keyArn: string;
  /** Principals of its key policy that lose access through it. `*`: all of them. */
  readonly principalsToDrop?: readonly string[];
  /** The stack that was the owner of the key, and no longer declares it. */
  readonly releasedBy?: string;
  /** The version of the secret from which its key material was imported, if it was. */
  readonly materialVersion?: string;
}

/**
 * Adopts an existing key as generation 0 of a family. The first rotation replaces it.
 *
 * The alias must already name that key, and is not moved. From then on the key has the family's key policy. It is safe
 * to repeat.
 */
export async function adoptExistingKey(family: FamilyDescription, existing: ExistingKey, ports: ControlPorts): Promise<void> {
  const { kms, clock } = ports;
  const key = await kms.describeKey(existing.keyArn);
  const named = await kms.describeKey(family.alias);
  if (key === undefined || named?.keyId !== key.keyId) {
    throw contradiction(
      family.alias, 'alias does not name the key to adopt', named?.keyArn ?? 'no such alias', existing.keyArn,
      'move or create the alias so that it names the key; an adoption moves no alias',
    );
  }
  refuseOtherKinds(key);
  const tags = await kms.listTags(key.keyId);
  refuseOtherFamilies(family, key, tags);
  refuseOwnedByStack(family, key, existing, tags);
  refuseTooManyTags(family, key, tags);
  const formerPolicy = await storeFormerState(family, key, tags, ports);
  refuseDroppedPrincipals(family, key, existing, formerPolicy);
  refuseRemovedDenials(family, key, formerPolicy);

  await claimZero(family, key, kms);
  if (tags[GenerationTag.STATE] !== 'claimed') await kms.tagKey(key.keyId, adoptionTags(family, key, existing, clock.now()));
  const revision = policyRevision(family);
  if (tags[GenerationTag.POLICY_REVISION] === revision) return;
  // After the tags, because the policy allows only the family's own roles to change them.
  await retryWhilePropagating(key.keyArn, clock, async () =>
    writePolicy(family, key, 'current', ports, principalsOf(family.policyDocument)));
  await kms.tagKey(key.keyId, { [GenerationTag.POLICY_REVISION]: revision });
}

async function claimZero(family: FamilyDescription, key: KeyDescription, kms: KeyFamilyPort): Promise<void> {
  const alias = generationAlias(family.alias, 0);
  if (await kms.createAlias(alias, key.keyId) === 'created') return;
  const holder = await kms.describeKey(alias);
  if (holder?.keyId === key.keyId) return;
  throw contradiction(
    alias, 'alias of generation 0 belongs to another key', holder?.keyArn ?? 'a deleted key', key.keyArn,
    'this family already has a generation 0; adopt the key into another family',
  );
}

function adoptionTags(family: FamilyDescription, key: KeyDescription, { materialVersion }: ExistingKey, now: Date): Tags {
  return {
    ...family.tags,
    [GenerationTag.SCHEMA]: GENERATION_TAG_SCHEMA,
    [GenerationTag.FAMILY]: family.alias,
    [GenerationTag.OWNER]: family.owner,
    [GenerationTag.ORIGIN]: 'adopted',
    [GenerationTag.GENERATION]: '0',
    [GenerationTag.STATE]: 'claimed',
    [GenerationTag.PHASE]: 'current',
    [GenerationTag.CREATED_AT]: key.createdAt.toISOString(),
    [GenerationTag.CURRENT_SINCE]: now.toISOString(),
    ...(materialVersion === undefined ? {} : { [GenerationTag.MATERIAL_VERSION]: materialVersion }),
  };
}

/** Deletes the alias of generation 0 that an adoption created before it failed: the key has none of our tags. */
export async function undoClaimOfZero({ alias }: Pick<FamilyDescription, 'alias'>, keyArn: string, kms: KeyFamilyPort): Promise<void> {
  const zero = generationAlias(alias, 0);
  const key = await kms.describeKey(zero);
  if (key?.keyArn !== keyArn || tagValue(await kms.listTags(key.keyId), GenerationTag.FAMILY) !== undefined) return;
  await kms.deleteAlias(zero);
}

/** Counted before the first change, with each tag that a generation ever gets: otherwise a rotation fails later. */
function refuseTooManyTags(family: FamilyDescription, { keyArn }: KeyDescription, tags: Tags): void {
  const names = new Set([...Object.keys(tags), ...Object.keys(family.tags), ...Object.values(GenerationTag)]);
  const counted = [...names].filter((name) => !name.startsWith(AWS_TAG_PREFIX)).length;
  if (counted <= TAG_LIMITS.count) return;
  const own = Object.values(GenerationTag).length;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: keyArn,
    what: 'key would have more tags than KMS allows',
    given: `${counted} tags: its own, those that the rotating key declares, and ${own} of a generation`,
    allowed: `${TAG_LIMITS.count} tags`,
    remedy: `remove ${counted - TAG_LIMITS.count} of its own tags (UntagResource) or of the declared ones, then deploy again`,
  });
}

function refuseOtherKinds({ keyArn, keyId, keySpec, state, origin, validTo }: KeyDescription): void {
  const refuse = (what: string, given: string, allowed: string, remedy: string) =>
    new Failure(ErrorName.INVALID_REQUEST, { where: keyArn, what, given, allowed, remedy });
  if (keySpec !== 'SYMMETRIC_DEFAULT') {
    throw refuse('key cannot be rotated by re-encryption', keySpec, 'SYMMETRIC_DEFAULT', 'declare this key with CustomerManagedKey');
  }
  if (keyId.startsWith('mrk-')) {
    throw refuse('multi-Region key cannot become a generation', keyId, 'a single-Region key', 'create a new key, and re-encrypt to it');
  }
  if (!ADOPTABLE_ORIGINS.includes(origin)) {
    const remedy = 'create a new rotating key under another alias, and re-encrypt to it';
    throw refuse('key material of the key is in a custom key store', origin, ADOPTABLE_ORIGINS.join(' or '), remedy);
  }
  if (validTo !== undefined) {
    const given = Number.isNaN(validTo.getTime()) ? 'at an unknown time' : validTo.toISOString();
    throw refuse(
      'key material of the key expires, and no rotation would import it again', given, 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      'import the same key material again with KEY_MATERIAL_DOES_NOT_EXPIRE (ImportKeyMaterial), then deploy again',
    );
  }
  if (state !== 'Enabled') throw refuse('key is not usable', state, 'Enabled', 'enable it, then deploy again');
}

function refuseOtherFamilies(family: FamilyDescription, { keyArn }: KeyDescription, tags: Tags): void {
  for (const [tag, own] of [[GenerationTag.OWNER, family.owner], [GenerationTag.FAMILY, family.alias]] as const) {
    const given = tagValue(tags, tag);
    if (given === undefined || given === own) continue;
    throw contradiction(
      keyArn, `key is a generation of another family (tag ${tag})`, given, own,
      'delete that family and set this tag to an empty value, or adopt another key',
    );
  }
}

const ADOPTABLE_ORIGINS: readonly string[] = ['AWS_KMS', 'EXTERNAL'];

/** Tags of AWS services do not count. Source: "Tagging best practices", AWS whitepaper. */
const AWS_TAG_PREFIX = 'aws:';

/** CloudFormation sets this tag on the resources of a stack. A key that its stack has released still has it. */
const STACK_TAG = 'aws:cloudformation:stack-name';

/**
 * The tag cannot be removed, so the stack of this family may be its owner: the deployment that adopts the key removes
 * it from the template. The stack of another template may still delete the key or write its policy.
 */
function refuseOwnedByStack({ owner }: FamilyDescription, { keyArn }: KeyDescription, { releasedBy }: ExistingKey, tags: Tags): void {
  const stack = tags[STACK_TAG];
  if (stack === undefined || stack === owner.split('/')[0] || stack === releasedBy) return;
  throw contradiction(
    keyArn, `key is a resource of another stack (tag ${STACK_TAG})`, stack, 'a key that no other stack owns',
    `deploy ${stack} without the key and its alias, with RemovalPolicy.RETAIN for both; then declare `
      + `ExistingKey.fromArn(keyArn, { releasedBy: '${stack}' })`,
  );
}

/**
 * The key policy of the family replaces that of the key: a principal that only the former one names, or that may use
 * the key by the former one only, loses access at once. To be named is no proof: administrators cannot use the key.
 */
function refuseDroppedPrincipals(
  family: FamilyDescription, { keyArn }: KeyDescription, { principalsToDrop = [] }: ExistingKey, policy: string,
): void {
  const next = generationPolicy(family, 'current');
  if (isSamePolicy(policy, next) || principalsToDrop.includes('*')) return;
  const named = allowedPrincipals(family.policyDocument);
  const uses = lostAccess(policy, next);
  const unnamed = allowedPrincipals(policy).filter((principal) => !named.includes(principal) && !isAccount(principal, keyArn));
  const dropped = [...uses, ...unnamed.filter((name) => uses.every(({ principal }) => principal !== name)).map((principal) => (
    { principal, actions: [] }))].filter(({ principal }) => !principalsToDrop.some((accepted) => isSamePrincipal(accepted, principal)));
  if (dropped.length === 0) return;
  throw contradiction(
    keyArn, 'key policy allows principals what that of the rotating key does not, so they would lose access',
    dropped.map(({ principal, actions }) => (actions.length === 0 ? principal : `${principal} (${actions.join(', ')})`)).join('; '),
    'principals that can use the key as before',
    'add them to users, because administrators cannot use the key, or accept the loss with '
      + 'ExistingKey.fromArn(keyArn, { principalsToDrop: [...] })',
  );
}

/** The key policy of the family would allow what the former one denies, for example access from outside a network. */
function refuseRemovedDenials(family: FamilyDescription, { keyArn }: KeyDescription, policy: string): void {
  const removed = removedDenials(policy, generationPolicy(family, 'current'));
  if (removed.length === 0) return;
  throw contradiction(
    keyArn, 'key policy denies what that of the rotating key does not, so more access would be allowed',
    `statements ${removed.join('; ')}`, 'no statement that denies something',
    'remove these statements from the key policy (PutKeyPolicy) if the access is intended, then deploy again; otherwise restrict it first '
      + 'elsewhere, for example by a resource control policy or by encryptionContext',
  );
}

/** The account of the key: every generation delegates access to its IAM policies. */
function isAccount(principal: string, keyArn: string): boolean {
  const [account] = /(?<=^arn:[^:]+:kms:[^:]+:)[0-9]{12}/.exec(keyArn) ?? [];
  return principal === account || (principal.endsWith(`:${account}:root`) && principal.includes(':iam::'));
}

function contradiction(where: string, what: string, given: string, allowed: string, remedy: string): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, { where, what, given, allowed, remedy });
}
