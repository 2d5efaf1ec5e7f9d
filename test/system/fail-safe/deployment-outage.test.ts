import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { descriptionRevision } from '../../../lambda/key-family/description-revision';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { isSamePolicy } from '../../../lambda/key-family/policy/same-policy';
import { intercept, type OutgoingCall } from '../../../local/account/source-functions';
import { isOperationName } from '../../../local/kms/protocol/operation-names';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { AccountWorld } from '../rotation/account-world';
import { familyStack, type FamilyStackOptions } from '../rotation/family-stack';
import { addUser, failAfterwards, type Change } from '../rotation/stack-changes';

/** Outages of AWS during a deployment that changes the users of a rotating key with two generations. */
const HOUR = 3_600_000;

/** The time that the custom resource has for its work: the timeout of its function, less the time for the response. */
const PATIENCE = 225_000;

let world: AccountWorld;

beforeEach(async () => {
  world = await AccountWorld.open();
  await world.writeOrders(4);
  await world.rotate();
});

afterEach(async () => {
  try {
    expect(await world.unreadableOrders()).toEqual([]);
  } finally {
    await world.close();
  }
});

interface Outage {
  readonly fails: (call: OutgoingCall) => boolean;
  /** The call after which it begins: it has its effect, and its response is lost. @default - the first that fails */
  readonly beginsAfter?: (call: OutgoingCall) => boolean;
}

const now = () => world.account.clock.now().getTime();
const ofKms = ({ operation }: OutgoingCall) => isOperationName(operation);
const ofS3 = ({ operation }: OutgoingCall) => operation.includes('Object');

/** Every attempt of a call has failed: what a function gets from its client after all retries. */
function unavailable(): Error {
  return Object.assign(new Error('The request was rejected because of an internal error.'), {
    name: 'KMSInternalException', $fault: 'server', $metadata: {},
  });
}

/** Lasts an hour from its first call. */
function beginOutage({ fails, beginsAfter }: Outage): void {
  let until: number | undefined;
  intercept(world.interceptors, {
    call: async (call, proceed) => {
      if (until === undefined && (beginsAfter ?? fails)(call)) {
        until = now() + HOUR;
        if (beginsAfter !== undefined) await proceed();
        throw unavailable();
      }
      if (until !== undefined && now() < until && fails(call)) throw unavailable();
      return proceed();
    },
  });
}

function declared(): FamilyDescription {
  return JSON.parse(String(world.stack.resourcesOfType('Custom::RotatingKey')[0]?.properties.Family)) as FamilyDescription;
}

/** Policy, revision and description of every generation are those of one description. */
async function expectOneRevision(description: FamilyDescription = declared()): Promise<void> {
  const { generations } = await world.readFamily();
  expect(generations).toHaveLength(2);
  for (const { keyId, phase, owner, tags } of generations) {
    expect([owner, tags[GenerationTag.POLICY_REVISION]]).toEqual([description.owner, policyRevision(description)]);
    expect(tags[GenerationTag.DESCRIPTION]?.split('@')[0]).toBe(descriptionRevision(description));
    expect(isSamePolicy(await new KmsKeyFamily(world.kms).getKeyPolicy(keyId), generationPolicy(description, phase))).toBe(true);
  }
}

const another = (...changes: Change[]): FamilyStackOptions => ({ change: (...all) => changes.forEach((change) => change(...all)) });
const deploy = (options: FamilyStackOptions) => world.account.deploy(familyStack(options));
const ofPutKeyPolicy = ({ operation }: OutgoingCall) => operation === 'PutKeyPolicy';
const ofDescription = ({ operation, input }: OutgoingCall) =>
  operation === 'TagResource' && JSON.stringify(input).includes(GenerationTag.DESCRIPTION);

/** The call with this number of those that are selected. */
function nth(number: number, selects: (call: OutgoingCall) => boolean): (call: OutgoingCall) => boolean {
  let count = 0;
  return (call) => selects(call) && ++count === number;
}

/** Every call of KMS after the second generation has its description: then the update is complete. */
function ofKmsAfterUpdate(): (call: OutgoingCall) => boolean {
  let written = 0;
  return (call) => {
    if (written >= 2) return ofKms(call);
    if (ofDescription(call)) written += 1;
    return false;
  };
}

const OUTAGES: [string, () => Outage, Change[], failedOperations: number][] = [
  ['before the first call of the update', () => ({ fails: ofKms }), [addUser], 2],
  ['in the middle of PutKeyPolicy', () => ({ fails: ofKms, beginsAfter: nth(1, ofPutKeyPolicy) }), [addUser], 2],
  ['between the policies of two generations', () => ({ fails: ofKms, beginsAfter: nth(2, ofPutKeyPolicy) }), [addUser], 2],
  ['when one of two generations has the new description', () => ({ fails: ofKms, beginsAfter: nth(1, ofDescription) }), [addUser], 2],
  ['before the rollback of an update that succeeded', () => ({ fails: ofKmsAfterUpdate() }), [addUser, failAfterwards], 1],
];

describe.each(OUTAGES)('an hour without KMS, which begins %s', (_, outage, changes, failedOperations) => {
  let before: FamilyDescription;
  beforeEach(async () => {
    before = declared();
    beginOutage(outage());
    const start = now();
    await expect(deploy(another(...changes))).rejects.toThrow('KMSInternalException');
    // Each operation that failed has used the time that it had.
    expect(now() - start).toBeGreaterThan(failedOperations * (PATIENCE - 15_000));
    expect(world.stack.isRolledBack).toBe(false);
  });

  test('the next reconcile runs bring all generations to one revision, and the rollback can be continued', async () => {
    await world.live(2);
    await expectOneRevision(before);
    await world.stack.continueRollBack();
    await expectOneRevision(before);
    await deploy(another(addUser));
    await expectOneRevision();
    expect(declared().policyDocument).not.toBe(before.policyDocument);
    await world.live(2);
    await expectOneRevision();
  });

  test('the rollback is continued as soon as KMS answers: one revision at once, and no reconcile run changes it', async () => {
    await world.account.runFor(HOUR);
    await world.stack.continueRollBack();
    await expectOneRevision(before);
    await world.live(2);
    await expectOneRevision(before);
  });
});

test('an hour without S3 during a takeover: it is refused, the family stays with its owner, and the same deployment succeeds later', async () => {
  const before = declared();
  const takeover: FamilyStackOptions = { constructId: 'Renamed', props: { adoptFrom: before.owner } };
  beginOutage({ fails: ofS3 });
  await expect(deploy(takeover)).rejects.toThrow('Throttled');
  await world.live(2);
  await expectOneRevision(before);
  await deploy(takeover);
  await expectOneRevision();
  expect(declared().owner).not.toBe(before.owner);
});
