import { adoptExistingKey } from './adopt-existing-key';
import { createFamily } from './create-family';
import { deleteFamily } from './delete-family';
import { isRollback } from './deployment-records';
import { digestProperties, storeFormerState } from './former-state';
import { decodeRotatingKey } from './rotating-key-request';
import { undoAdoptingUpdate, undoAdoption } from './undo-adoption';
import { undoCreate } from './undo-create';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotatingKeyAttribute, RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import { MAX_KEY_POLICY_BYTES } from '../../../src/contract/limits';
import { recordStores } from '../../declared-stores/declared-stores';
import { formerStores } from '../../declared-stores/former-stores';
import { refuseStores } from '../../declared-stores/refuse-stores';
import type {
  ChangedResource, CustomResourceKind, KnownResource, ManagedResource, ResourceProperties,
} from '../../runtime/custom-resource';
import type { DeploymentEvent } from '../../runtime/deployment-event';
import type { ControlPorts } from '../control-ports';
import { isDeployedAfter } from '../description-revision';
import { isLive, type FamilyRegister } from '../family';
import { refuseOtherOwners } from '../ownership';
import { generationPolicy } from '../policy/generation-policy';
import { principalsOf } from '../policy/policy-comparison';
import { readRegister } from '../read-family';
import { tagValue } from '../tag-value';
import { updateGenerations } from '../update-generations';

/**
 * Handler of `Custom::RotatingKey`: owns all generations and the alias, and does not interfere with a rotation.
 *
 * Create creates the first generation or adopts an existing key. Update writes the declaration to all generations.
 * Delete retains every generation. The alias is created here; only rotations move it. The physical
 * resource id is the alias.
 */
export function rotatingKeyResource(ports: ControlPorts): Required<CustomResourceKind> {
  return {
    create: async (properties) => create(decodeRotatingKey(properties), ports),
    update: async (resource, event) => update(resource, event, ports),
    delete: async (resource, event) => remove(resource, event, ports),
    undoCreate: async (properties, event) =>
      logFailures('never created', ports, async () => undoCreate(decodeRotatingKey(properties), event, ports)),
  };
}

async function create(request: RotatingKeyRequest, ports: ControlPorts): Promise<ManagedResource> {
  const { family, startFromKeyArn: keyArn, principalsToDrop, releasedBy, adoptFrom } = request;
  refuseLargePolicies(family);
  refuseStores(family);
  // By alias and tags, which this role may always read: the key policy may be that of another owner.
  const named = (await ports.kms.listAliases(family.alias)).find(({ aliasName }) => aliasName === family.alias);
  const tags = named === undefined ? {} : await ports.kms.listTags(named.keyId);
  const isFamily = tags[GenerationTag.FAMILY] === family.alias && tags[GenerationTag.STATE] === 'claimed';
  if (isFamily && named !== undefined) {
    refuseOtherOwners(family, [{ owner: tagValue(tags, GenerationTag.OWNER), keyArn: named.keyId }], adoptFrom);
  }
  if (!isFamily && keyArn !== undefined) await adoptExistingKey(family, { keyArn, principalsToDrop, releasedBy }, ports);
  else if (named === undefined) await createFamily(family, adoptFrom, ports);
  else if (!isFamily) throw await foreignAlias(family, named.keyId, ports);
  return updateOwnFamily(family, adoptFrom, principalsOf(family.policyDocument), ports);
}

async function update(
  { physicalResourceId, properties, oldProperties }: ChangedResource, event: DeploymentEvent, ports: ControlPorts,
): Promise<ManagedResource> {
  const { family, adoptFrom } = decodeRotatingKey(properties);
  refuseOtherAlias(family, physicalResourceId);
  // Before the first change: nothing else names a store that is no longer declared.
  await recordStores(family.alias, formerStores(oldProperties.Family, family), ports);
  const requestBefore = decodeBefore(oldProperties);
  const register = await readRegister(family.alias, ports);
  if (requestBefore !== undefined && await undoAdoptingUpdate(requestBefore, properties, register, ports)) return managed(family);
  if (!isOwn(family, register) && await isRollback(event, ports)) {
    ports.log.warn('refused-update-rolled-back', { alias: family.alias, owner: family.owner });
    return managed(family);
  }
  refuseLargePolicies(family);
  refuseStores(family);
  const before = requestBefore?.family;
  const known = before === undefined ? [] : principalsOf(before.policyDocument);
  const added = before === undefined ? [] : principalsOf(family.policyDocument).filter((principal) => !known.includes(principal));
  const resource = await updateOwnFamily(family, adoptFrom, added, ports, digestProperties(oldProperties));
  const removed = Object.keys(before?.tags ?? {}).filter((name) => family.tags[name] === undefined);
  if (removed.length > 0) ports.log.info('tags-retained', { alias: family.alias, tags: removed.join(', ') });
  return resource;
}

/**
 * Whether this resource owns a generation. If it owns none, an Update of it was refused before its first change. The
 * rollback then succeeds, because otherwise the stack would need an operator (UPDATE_ROLLBACK_FAILED).
 */
function isOwn({ owner }: FamilyDescription, { generations }: FamilyRegister): boolean {
  return generations.some((generation) => isLive(generation) && generation.owner === owner);
}

/** Undefined if another version of this library declared it: it only adds checks and log lines. */
function decodeBefore(properties: ResourceProperties): RotatingKeyRequest | undefined {
  try {
    return decodeRotatingKey(properties);
  } catch (error) {
    if (Failure.named(error, ErrorName.INVALID_REQUEST)) return undefined;
    throw error;
  }
}

/** Logs every failure and returns, because a stack whose resource responds FAILED cannot be deleted. Keys then stay. */
async function remove(
  { physicalResourceId, properties }: KnownResource, event: DeploymentEvent, ports: ControlPorts,
): Promise<void> {
  await logFailures(physicalResourceId, ports, async () => {
    const request = decodeRotatingKey(properties);
    const { family, adoptFrom } = request;
    if (family.alias !== physicalResourceId) return ports.log.info('family-never-created', { alias: family.alias, physicalResourceId });
    // Apart from the rest, and first: another construct may declare this family later, without some of these stores.
    await logFailures(physicalResourceId, ports, async () => recordStores(family.alias, family.stores, ports));
    const register = await readRegister(family.alias, ports);
    if (isDeployedAfter(event, register.generations)) return ports.log.warn('late-event-ignored', { alias: family.alias });
    if (await undoAdoption(request, register, ports)) return;
    // Another owner created this family, and may still declare and use it.
    if (adoptFrom !== undefined) return ports.log.warn('adopted-family-retained', { alias: family.alias, adoptFrom });
    await deleteFamily(family, ports);
  });
}

async function logFailures(physicalResourceId: string, { log }: ControlPorts, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    log.error('family-deletion-failed', { physicalResourceId, error: error.name, reason: error.message });
  }
}

async function updateOwnFamily(
  family: FamilyDescription, adoptFrom: string | undefined, mustExist: readonly string[], ports: ControlPorts,
  propertiesBefore?: string,
): Promise<ManagedResource> {
  const { generations } = await readRegister(family.alias, ports);
  refuseOtherOwners(family, generations.filter(isLive), adoptFrom);
  // By the deployment itself: on the day of a deployment, no reconcile run has recorded them yet.
  await recordStores(family.alias, family.stores, ports);
  for (const generation of generations.filter(({ owner }) => owner !== family.owner)) {
    // Also of one that is pending deletion: its policy changes now, and its owner as soon as the deletion is cancelled.
    await storeFormerState(family, generation, generation.tags, ports, propertiesBefore);
    if (!isLive(generation)) continue;
    ports.log.info('family-adopted', { alias: family.alias, adoptFrom: generation.owner, owner: family.owner });
  }
  await updateGenerations(family, ports, mustExist);
  return managed(family);
}

function managed({ alias }: FamilyDescription): ManagedResource {
  const attributes: { readonly [attribute in RotatingKeyAttribute]: string } = { AliasName: alias };
  return { physicalResourceId: alias, attributes };
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

/** The ARN is the key id if this role may not describe the key. */
async function foreignAlias({ alias }: FamilyDescription, keyId: string, { kms }: ControlPorts): Promise<Failure> {
  const keyArn = await kms.describeKey(keyId).then((key) => key?.keyArn ?? keyId, () => keyId);
  return new Failure(ErrorName.INVALID_REQUEST, {
    where: alias,
    what: 'alias already exists, and names a key that is not a generation of a rotating key',
    given: keyArn,
    remedy: `choose another alias, or adopt that key with startFrom: ExistingKey.fromArn('${keyArn}')`,
  });
}
