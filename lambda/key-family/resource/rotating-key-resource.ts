import { adoptExistingKey } from './adopt-existing-key';
import { createFamily } from './create-family';
import { deleteFamily } from './delete-family';
import { decodeRotatingKey } from './rotating-key-request';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotatingKeyAttribute, RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import { MAX_KEY_POLICY_BYTES } from '../../../src/contract/limits';
import type { KeyDescription } from '../../ports/keys';
import type {
  ChangedResource, CustomResourceKind, KnownResource, ManagedResource, ResourceProperties,
} from '../../runtime/custom-resource';
import type { ControlPorts } from '../control-ports';
import { isLive } from '../family';
import { refuseOtherOwners } from '../ownership';
import { generationPolicy } from '../policy/generation-policy';
import { readRegister } from '../read-family';
import { updateGenerations } from '../update-generations';

/**
 * Handler of `Custom::RotatingKey`: owns all generations and the alias, and does not interfere with a rotation.
 *
 * Create creates the first generation or adopts an existing key. Update writes the declaration to all generations.
 * Delete retains every key that may have been used. The alias is created here; only rotations move it. The physical
 * resource id is the alias.
 */
export function rotatingKeyResource(ports: ControlPorts): CustomResourceKind {
  return {
    create: async (properties) => create(decodeRotatingKey(properties), ports),
    update: async (resource) => update(resource, ports),
    delete: async (resource) => remove(resource, ports),
  };
}

async function create({ family, startFromKeyArn, adoptFrom }: RotatingKeyRequest, ports: ControlPorts): Promise<ManagedResource> {
  refuseLargePolicies(family);
  const named = await ports.kms.describeKey(family.alias);
  const tags = named === undefined ? {} : await ports.kms.listTags(named.keyId);
  const isFamily = tags[GenerationTag.FAMILY] === family.alias && tags[GenerationTag.STATE] === 'claimed';
  if (!isFamily && startFromKeyArn !== undefined) await adoptExistingKey(family, { keyArn: startFromKeyArn }, ports.kms, ports.clock);
  else if (named === undefined) await createFamily(family, adoptFrom, ports);
  else if (!isFamily) throw foreignAlias(family, named);
  return updateOwnFamily(family, adoptFrom, ports);
}

async function update({ physicalResourceId, properties, oldProperties }: ChangedResource, ports: ControlPorts): Promise<ManagedResource> {
  const { family, adoptFrom } = decodeRotatingKey(properties);
  refuseOtherAlias(family, physicalResourceId);
  refuseLargePolicies(family);
  const resource = await updateOwnFamily(family, adoptFrom, ports);
  const removed = declaredTagNames(oldProperties).filter((name) => family.tags[name] === undefined);
  if (removed.length > 0) ports.log.info('tags-retained', { alias: family.alias, tags: removed.join(', ') });
  return resource;
}

/** Empty if another version of this library declared them: the names are only logged. */
function declaredTagNames(properties: ResourceProperties): string[] {
  try {
    return Object.keys(decodeRotatingKey(properties).family.tags);
  } catch (error) {
    if (Failure.named(error, ErrorName.INVALID_REQUEST)) return [];
    throw error;
  }
}

/** Logs every failure and returns, because a stack whose resource responds FAILED cannot be deleted. Keys then stay. */
async function remove({ physicalResourceId, properties }: KnownResource, ports: ControlPorts): Promise<void> {
  try {
    const { family, adoptFrom } = decodeRotatingKey(properties);
    if (family.alias !== physicalResourceId) return ports.log.info('family-never-created', { alias: family.alias, physicalResourceId });
    // Another owner created this family. If a deployment is rolled back, that owner may still declare and use it.
    if (adoptFrom !== undefined) return ports.log.warn('adopted-family-retained', { alias: family.alias, adoptFrom });
    await deleteFamily(family, ports);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ports.log.error('family-deletion-failed', { physicalResourceId, error: error.name, reason: error.message });
  }
}

async function updateOwnFamily(family: FamilyDescription, adoptFrom: string | undefined, ports: ControlPorts): Promise<ManagedResource> {
  const live = (await readRegister(family.alias, ports.kms)).generations.filter(isLive);
  refuseOtherOwners(family, live, adoptFrom);
  const adopted = live.find(({ owner }) => owner !== family.owner);
  if (adopted !== undefined) ports.log.info('family-adopted', { alias: family.alias, adoptFrom: adopted.owner, owner: family.owner });
  await updateGenerations(family, ports);
  const attributes: { readonly [attribute in RotatingKeyAttribute]: string } = { AliasName: family.alias };
  return { physicalResourceId: family.alias, attributes };
}

/** Checked before the first change: if only the policies of some phases fit, the next rotation would fail half-way. */
function refuseLargePolicies(family: FamilyDescription): void {
  const [largest] = GENERATION_PHASES
    .map((phase) => ({ phase, bytes: Buffer.byteLength(generationPolicy(family, phase)) }))
    .sort((one, other) => other.bytes - one.bytes);
  if (largest === undefined || largest.bytes <= MAX_KEY_POLICY_BYTES) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: family.alias,
    what: `key policy of a generation that is ${largest.phase} is too large`,
    given: `${largest.bytes} bytes`,
    allowed: `${MAX_KEY_POLICY_BYTES} bytes`,
    remedy: 'use one role for several users, or grant some of them access with an IAM policy instead of the key policy',
  });
}

function refuseOtherAlias({ alias }: FamilyDescription, physicalResourceId: string): void {
  if (alias === physicalResourceId) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: physicalResourceId,
    what: 'alias of a rotating key cannot be changed, because consumers and the aliases of its generations depend on it',
    given: alias,
    allowed: physicalResourceId,
    remedy: 'declare a second RotatingKey with the new alias, move the data to it, then remove this one',
  });
}

function foreignAlias({ alias }: FamilyDescription, { keyArn }: KeyDescription): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'alias already exists, and names a key that is not a generation of a rotating key',
    given: keyArn,
    remedy: `choose another alias, or adopt that key with startFrom: ExistingKey.fromArn('${keyArn}')`,
  });
}
