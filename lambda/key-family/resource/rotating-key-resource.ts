import { adoptExistingKey } from './adopt-existing-key';
import { bringUpToDate } from '../bring-up-to-date';
import { createFamily } from './create-family';
import { deleteFamily } from './delete-family';
import { decodeRotatingKey } from './rotating-key-request';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotatingKeyAttribute, RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import { MAX_KEY_POLICY_BYTES } from '../../../src/contract/limits';
import type { KeyDescription } from '../../ports';
import type { ChangedResource, CustomResourceKind, KnownResource, ManagedResource, ResourceProperties } from '../../runtime/custom-resource';
import type { ControlPorts } from '../control-ports';
import { isLive } from '../family';
import { refuseOtherOwners } from '../ownership';
import { generationPolicy } from '../policy/generation-policy';
import { readRegister } from '../read-family';

/**
 * What `Custom::RotatingKey` does when CloudFormation asks: it owns all generations and the alias, and never fights a rotation.
 *
 * Create makes the first generation or adopts what is there, Update brings what is declared to all generations, Delete leaves whatever
 * somebody may need. The alias is made here once; moving it is for rotations. The name of the resource is the alias.
 */
export function rotatingKeyResource(ports: ControlPorts): CustomResourceKind {
  return {
    create: async (properties) => create(decodeRotatingKey(properties), ports),
    update: async (resource) => update(resource, ports),
    delete: async (resource) => letGo(resource, ports),
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
  return bringOwn(family, adoptFrom, ports);
}

async function update({ physicalResourceId, properties, oldProperties }: ChangedResource, ports: ControlPorts): Promise<ManagedResource> {
  const { family, adoptFrom } = decodeRotatingKey(properties);
  refuseOtherAlias(family, physicalResourceId);
  refuseLargePolicies(family);
  const resource = await bringOwn(family, adoptFrom, ports);
  const removed = declaredTagNames(oldProperties).filter((name) => family.tags[name] === undefined);
  if (removed.length > 0) ports.log.info('tags-left-in-place', { alias: family.alias, tags: removed.join(', ') });
  return resource;
}

/** None, if another version of this library declared them: what they were is only told, so nothing depends on it. */
function declaredTagNames(properties: ResourceProperties): string[] {
  try {
    return Object.keys(decodeRotatingKey(properties).family.tags);
  } catch (error) {
    if (Failure.named(error, ErrorName.INVALID_REQUEST)) return [];
    throw error;
  }
}

/** FAILED would leave a stack that cannot be deleted, so what cannot be read or done is told, and left in place. */
async function letGo({ physicalResourceId, properties }: KnownResource, ports: ControlPorts): Promise<void> {
  try {
    const { family, adoptFrom } = decodeRotatingKey(properties);
    if (family.alias !== physicalResourceId) return ports.log.info('never-created-under-this-name', { alias: family.alias, physicalResourceId });
    // What was taken over somebody else has made, and may still declare: when a deployment is taken back, they go on with it.
    if (adoptFrom !== undefined) return ports.log.warn('family-that-was-taken-over-left-in-place', { alias: family.alias, adoptFrom });
    await deleteFamily(family, ports);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    ports.log.error('family-left-in-place', { physicalResourceId, error: error.name, reason: error.message });
  }
}

async function bringOwn(family: FamilyDescription, adoptFrom: string | undefined, ports: ControlPorts): Promise<ManagedResource> {
  const live = (await readRegister(family.alias, ports.kms)).generations.filter(isLive);
  refuseOtherOwners(family, live, adoptFrom);
  const takenOver = live.find(({ owner }) => owner !== family.owner);
  if (takenOver !== undefined) ports.log.info('family-taken-over', { alias: family.alias, from: takenOver.owner, by: family.owner });
  await bringUpToDate(family, ports);
  const attributes: { readonly [attribute in RotatingKeyAttribute]: string } = { AliasName: family.alias };
  return { physicalResourceId: family.alias, attributes };
}

/** Before the first change: a family half of whose policies fit would be stuck in the middle of its next rotation. */
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
    remedy: 'let one role stand for several users, or grant some of them by IAM instead of by key policy',
  });
}

function refuseOtherAlias({ alias }: FamilyDescription, physicalResourceId: string): void {
  if (alias === physicalResourceId) return;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: physicalResourceId,
    what: 'alias of a rotating key cannot be changed: consumers know it by this name, and its generations are named by it',
    given: alias,
    allowed: physicalResourceId,
    remedy: 'declare a second RotatingKey with the new alias, move the data to it, then take this one away',
  });
}

function foreignAlias({ alias }: FamilyDescription, { keyArn }: KeyDescription): Failure {
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'alias exists already, and names a key that no rotating key has made',
    given: keyArn,
    remedy: `choose another alias, or begin with that key on purpose: startFrom: ExistingKey.fromArn('${keyArn}')`,
  });
}
