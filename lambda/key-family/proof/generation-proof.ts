import { materialOrigin } from './material-origin';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import type { KeyFamilyPort } from '../../ports/key-family';
import type { KeyDescription } from '../../ports/keys';
import { generationPolicy } from '../policy/generation-policy';
import { comparePolicies, isGated } from '../policy/policy-comparison';

/** Why a key is no proven generation of a family. */
export interface Obstacle {
  readonly what: string;
  readonly given: string;
  readonly allowed: string;
}

type ProofPort = Pick<KeyFamilyPort, 'describeKey' | 'getKeyPolicy' | 'listGrantees'>;

/** A key to prove. */
interface Candidate {
  readonly keyId: string;
}

/**
 * Pure: the attribute that a generation of this family cannot have. Every principal can create such a key and tag it.
 *
 * `exact` also compares the origin with the declared one. Older generations may be from the time of another
 * declaration.
 */
export function findForeignAttribute(description: FamilyDescription, key: KeyDescription, exact: boolean): Obstacle | undefined {
  const origins = exact ? [materialOrigin(description)] : ['AWS_KMS', 'EXTERNAL'];
  if (key.keyManager !== 'CUSTOMER') return { what: 'key is managed by an AWS service', given: key.keyManager, allowed: 'CUSTOMER' };
  if (key.keySpec !== 'SYMMETRIC_DEFAULT') return { what: 'key has another key spec', given: key.keySpec, allowed: 'SYMMETRIC_DEFAULT' };
  if (key.keyUsage !== 'ENCRYPT_DECRYPT') return { what: 'key has another usage', given: key.keyUsage, allowed: 'ENCRYPT_DECRYPT' };
  if (key.multiRegion) return { what: 'key is a multi-Region key', given: key.keyArn, allowed: 'a single-Region key' };
  if (!origins.includes(key.origin)) {
    return { what: 'key has key material of another origin', given: key.origin, allowed: origins.join(' or ') };
  }
  if (exact && key.validTo !== undefined) {
    const given = Number.isNaN(key.validTo.getTime()) ? 'unknown' : key.validTo.toISOString();
    return { what: 'key material of the key expires', given, allowed: 'KEY_MATERIAL_DOES_NOT_EXPIRE' };
  }
  return undefined;
}

/**
 * Proves that an unclaimed key can be claimed: it is exactly the key that this run would create.
 *
 * Its tags prove nothing, because every principal may tag a key of its own. A key with these attributes and this key
 * policy, without a grant and without key material from another source, allows no principal more than a new key would.
 */
export async function findObstacleToClaim(
  description: FamilyDescription, candidate: Candidate, kms: ProofPort,
): Promise<Obstacle | undefined> {
  const key = await kms.describeKey(candidate.keyId);
  if (key === undefined) return { what: 'key does not exist', given: candidate.keyId, allowed: 'an existing key' };
  const usable = key.origin === 'EXTERNAL' ? 'PendingImport' : 'Enabled';
  if (key.state !== usable) return { what: 'key is not as CreateKey leaves it', given: key.state, allowed: usable };
  return findForeignAttribute(description, key, true)
    ?? await findOtherPolicy(description, candidate, ['next'], kms)
    ?? findGrant(candidate, kms);
}

/**
 * Proves a generation before the alias moves to it. `isNew`: it was never current, so no principal can need a grant.
 */
export async function findObstacleToMove(
  description: FamilyDescription, candidate: Candidate, isNew: boolean, kms: ProofPort,
): Promise<Obstacle | undefined> {
  const key = await kms.describeKey(candidate.keyId);
  if (key === undefined) return { what: 'key does not exist', given: candidate.keyId, allowed: 'an existing key' };
  return findForeignAttribute(description, key, isNew)
    ?? await findOtherPolicy(description, candidate, ['next'], kms)
    ?? (isNew ? findGrant(candidate, kms) : undefined);
}

/**
 * Proves an old generation before the gate to its deletion opens. A step that was stopped may have opened it before.
 */
export async function findObstacleToRetire(
  description: FamilyDescription, candidate: Candidate, kms: Pick<KeyFamilyPort, 'describeKey' | 'getKeyPolicy'>,
): Promise<Obstacle | undefined> {
  const key = await kms.describeKey(candidate.keyId);
  if (key === undefined) return { what: 'key does not exist', given: candidate.keyId, allowed: 'an existing key' };
  return findForeignAttribute(description, key, false) ?? findOtherPolicy(description, candidate, ['fenced', 'retiring'], kms);
}

/**
 * Proves a key that is known by its tags or by the alias of its number, before anything of it changes: the gate of a
 * family protects its tags and aliases.
 *
 * The roles that the gate names may be those of another deployment, because a role that is created again may have
 * another name.
 */
export async function findObstacleToChange(
  description: FamilyDescription, candidate: Candidate, kms: ProofPort,
): Promise<Obstacle | undefined> {
  const key = await kms.describeKey(candidate.keyId);
  if (key === undefined) return { what: 'key does not exist', given: candidate.keyId, allowed: 'an existing key' };
  return findForeignAttribute(description, key, false) ?? await findMissingGate(candidate, kms);
}

/** Proves a generation that was never current, apart from its policy, before it gets key material. */
export async function findObstacleToFill(
  description: FamilyDescription, candidate: Candidate, kms: Pick<KeyFamilyPort, 'describeKey' | 'listGrantees'>,
): Promise<Obstacle | undefined> {
  const key = await kms.describeKey(candidate.keyId);
  if (key === undefined) return { what: 'key does not exist', given: candidate.keyId, allowed: 'an existing key' };
  return findForeignAttribute(description, key, true) ?? findGrant(candidate, kms);
}

/** The error for a key that must not become current. */
export function notProven(where: string, keyArn: string, { what, given, allowed }: Obstacle): Failure {
  return new Failure(ErrorName.FAMILY_CONTRADICTION, {
    where,
    what: `${what} (${keyArn})`,
    given,
    allowed,
    remedy: 'find the principal that created or changed the key (CloudTrail: CreateKey, CreateAlias, PutKeyPolicy, CreateGrant); '
      + 'if it is not a generation, delete this alias; the alias of the family was not moved',
  });
}

/** The gate denies every other principal changes of tags and aliases. Without it, they prove nothing. */
export async function findMissingGate({ keyId }: Candidate, kms: Pick<KeyFamilyPort, 'getKeyPolicy'>): Promise<Obstacle | undefined> {
  if (isGated(await kms.getKeyPolicy(keyId))) return undefined;
  return {
    what: 'key policy is not that of a generation of a rotating key, so every principal may have written its tags',
    given: 'no statement that protects tags and aliases',
    allowed: 'the gate of a rotating key',
  };
}

/** Principals that KMS no longer knows may be missing. */
async function findOtherPolicy(
  description: FamilyDescription, { keyId }: Candidate, phases: readonly GenerationPhase[], kms: Pick<KeyFamilyPort, 'getKeyPolicy'>,
): Promise<Obstacle | undefined> {
  const actual = await kms.getKeyPolicy(keyId);
  const isDeclared = phases.some((phase) =>
    comparePolicies(actual, generationPolicy(description, phase), description.roles).verdict !== 'different');
  if (isDeclared) return undefined;
  return { what: 'key policy is not the declared one', given: 'another key policy', allowed: `the policy of phase ${phases.join(' or ')}` };
}

/** A key that is not in use yet needs no grant, and one of its creator would stay. */
export async function findGrant({ keyId }: Candidate, kms: Pick<KeyFamilyPort, 'listGrantees'>): Promise<Obstacle | undefined> {
  const grantees = await kms.listGrantees(keyId);
  return grantees.length === 0 ? undefined
    : { what: 'a principal holds a grant on a key that is not in use yet', given: grantees.join(', '), allowed: 'no grant' };
}
