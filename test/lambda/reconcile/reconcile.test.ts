import { randomBytes } from 'node:crypto';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { reconcile, type ReconcileReport } from '../../../lambda/reconcile/reconcile';
import { ALIAS, aPolicy, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const MACHINES = { rotation: 'arn:rotation', retirement: 'arn:retirement' };
const QUARTERLY = { rotateEverySeconds: 90 * 24 * 60 * 60 };

let world: RotatingKeyWorld;

async function open(opened: Promise<RotatingKeyWorld>): Promise<void> {
  world = await opened;
  await world.create();
  world.lines.length = 0;
}

beforeEach(async () => open(RotatingKeyWorld.open(QUARTERLY)));
afterEach(async () => world.close());

/** The reconcile run after so many days. */
async function reconcileAfter(days: number): Promise<ReconcileReport> {
  world.clock.advance(days * DAY);
  return reconcile(world.description, MACHINES, world.ports());
}

const started = () => world.machines.started.map(({ machine, name, input }) => [machine, name, input]);
const metric = (name: string) => world.lines.filter((line) => line[name] !== undefined).map((line) => line[name]);

test('a new family is left unchanged', async () => {
  expect(await reconcileAfter(1)).toEqual({ alias: ALIAS, currentGeneration: 1, paused: false, actions: [] });
  expect(started()).toEqual([]);
  expect(metric('CurrentGenerationAgeDays')).toEqual([expect.closeTo(1, 3)]);
  expect(metric('ReconcileSucceeded')).toEqual([1]);
});

test('a rotation starts on the day on which the maximum age is reached, once for several reconcile runs', async () => {
  await reconcileAfter(90);
  await reconcileAfter(0.1);
  expect(started()).toEqual([['arn:rotation', 'rotate-to-g2-20270130', { toGeneration: 2 }]]);
});

test('a reconcile run that is ten days late starts the rotation', async () => {
  await reconcileAfter(89);
  expect(started()).toEqual([]);
  await reconcileAfter(11);
  expect(started()).toEqual([['arn:rotation', 'rotate-to-g2-20270209', { toGeneration: 2 }]]);
});

test('a rotation that was stopped is started again on the next day', async () => {
  await reconcileAfter(90);
  await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'next', 'cdk-kms-lifecycle:policy-revision': 'old' });
  await reconcileAfter(1);
  expect(started().map(([, name]) => name)).toEqual(['rotate-to-g2-20270130', 'rotate-to-g2-20270131']);
});

test('no execution is started while a rotation runs', async () => {
  world.machines.running.add('arn:rotation:by-hand');
  await reconcileAfter(100);
  expect(started()).toEqual([]);
  expect(metric('ReconcileSucceeded')).toEqual([1]);
});

test('a paused family is only measured', async () => {
  world.description = { ...world.description, paused: true };
  const mark = world.mark;
  expect(await reconcileAfter(100)).toMatchObject({ paused: true, actions: [] });
  expect(world.changes(mark)).toEqual([]);
  expect(metric('CurrentGenerationAgeDays')).toEqual([expect.closeTo(100, 3)]);
});

test('the retirement of an old generation is started every day, if deletion is declared', async () => {
  const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:current-since': world.clock.now().toISOString() });
  const { current: { keyId: first } } = await world.family();
  await world.moveAlias(second);
  const since = world.clock.now().toISOString();
  await world.tag(first, {
    'cdk-kms-lifecycle:phase': 'fenced',
    'cdk-kms-lifecycle:fenced-since': since,
    'cdk-kms-lifecycle:emptied-since': since,
  });
  await reconcileAfter(1);
  expect(started()).toEqual([]);

  world.description = {
    ...world.description,
    deletion: { observationDays: 7, soakDays: 14, backupRetentionDays: 35, pendingWindowDays: 30, onUse: 'start-over' },
  };
  await reconcileAfter(1);
  await reconcileAfter(0.1);
  await reconcileAfter(1);
  expect(started()).toEqual([
    ['arn:retirement', 'retire-g1-20261103', { generation: 1 }],
    ['arn:retirement', 'retire-g1-20261104', { generation: 1 }],
  ]);
});

describe('drift', () => {
  test('of a key policy is corrected, for example after a role was deleted and created again', async () => {
    const { current: { keyId } } = await world.family();
    const policy = generationPolicy(world.description, 'current');
    await world.putPolicy(keyId, policy.replace('arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:role/another'));
    expect(await reconcileAfter(1)).toMatchObject({ actions: [{ kind: 'correct-drift', generation: 1 }] });
    expect(await world.policy(keyId)).toBe(policy);
  });

  test('is not what a rotation has created since the last deployment: its description is recorded, without a warning', async () => {
    const revision = policyRevision(world.description);
    await world.addGeneration(2, {
      ...world.description.tags, 'cdk-kms-lifecycle:phase': 'next', 'cdk-kms-lifecycle:policy-revision': revision,
    });
    const mark = world.mark;
    await reconcileAfter(1);
    expect(world.changes(mark)).toEqual(['TagResource']);
    expect(world.events()).toContain('description-recorded');
    expect(world.events()).not.toContain('drift-corrected');
    expect((await reconcileAfter(1)).actions.map(({ kind }) => kind)).not.toContain('correct-drift');
  });

  test('of a tag is corrected', async () => {
    const { current: { keyId } } = await world.family();
    await world.tag(keyId, { team: 'another' });
    await reconcileAfter(1);
    expect(await world.tags(keyId)).toMatchObject({ team: 'shop' });
  });

  test('that a deployment has corrected is left unchanged', async () => {
    const { current: { keyId } } = await world.family();
    await world.putPolicy(keyId, aPolicy('drifted'));
    const ports = world.ports();
    // The deployment writes between the decision and the action.
    const machines = {
      ...ports.machines,
      runningExecutions: async () => {
        await world.putPolicy(keyId, aPolicy('deployed'));
        await world.tag(keyId, { 'cdk-kms-lifecycle:policy-revision': 'deployed' });
        return [];
      },
    };
    await reconcile(world.description, MACHINES, { ...ports, machines });
    expect(await world.policy(keyId)).toBe(aPolicy('deployed'));
  });

  test('of a family that another stack has taken over is left unchanged, and the reconcile run fails', async () => {
    const former = world.description;
    world.description = { ...former, owner: 'Archive/Orders' };
    await world.create({ AdoptFrom: former.owner });
    world.description = former;
    const mark = world.mark;
    await expect(reconcileAfter(1)).rejects.toMatchObject({
      name: 'InvalidRequest',
      message: expect.stringContaining('got Archive/Orders; allowed: Shop/Orders'),
    });
    expect(world.changes(mark)).toEqual([]);
    expect(metric('ReconcileSucceeded')).toEqual([]);
  });
});

test('an action that fails does not prevent the others, and the reconcile run fails', async () => {
  const { current: { keyId } } = await world.family();
  await world.putPolicy(keyId, aPolicy('drifted'));
  world.clock.advance(90 * DAY);
  world.localKms.faults.set([{ kind: 'internalError', operation: 'PutKeyPolicy' }]);
  await expect(reconcileAfter(0)).rejects.toMatchObject({ name: 'Throttled' });
  expect(started()).toHaveLength(1);
  expect(metric('ReconcileSucceeded')).toEqual([]);
  expect(world.events()).toContain('reconcile-action-failed');
});

test('a key policy that denies GetKeyPolicy is corrected', async () => {
  const { current: { keyId } } = await world.family();
  const denied = { Effect: 'Deny', Principal: '*', Action: 'kms:GetKeyPolicy', Resource: '*' };
  const changeable = { ...denied, Effect: 'Allow', Action: 'kms:PutKeyPolicy' };
  await world.putPolicy(keyId, JSON.stringify({ Version: '2012-10-17', Statement: [changeable, denied] }));
  await reconcileAfter(1);
  expect(await world.policy(keyId)).toBe(generationPolicy(world.description, 'current'));
});

describe('key material from a secret', () => {
  beforeEach(async () => {
    await world.close();
    const withSecret = RotatingKeyWorld.openWithSecret();
    await open(withSecret.then((opened) => {
      opened.description = { ...opened.description, ...QUARTERLY };
      return opened;
    }));
  });

  test('is not read if no rotation is near', async () => {
    const calls = world.localSecrets.calls.length;
    await reconcileAfter(50);
    expect(world.localSecrets.calls).toHaveLength(calls);
  });

  test('that is already in use is announced, then due, and no rotation starts', async () => {
    await reconcileAfter(80);
    expect(world.lines).toContainEqual(expect.objectContaining({ level: 'WARN', event: 'key-material-due', alias: ALIAS, withinDays: 14 }));
    expect(metric('KeyMaterialDue')).toEqual([0]);
    await reconcileAfter(10);
    expect(metric('KeyMaterialDue')).toEqual([0, 1]);
    expect(started()).toEqual([]);
  });

  test('from a deleted secret is due, and the other actions are performed', async () => {
    const { current: { keyId } } = await world.family();
    await world.putPolicy(keyId, aPolicy('drifted'));
    const { material } = world.description;
    world.description = { ...world.description, material: { ...material, secretArn: 'deleted' } as typeof material };
    expect((await reconcileAfter(90)).actions).toEqual([
      { kind: 'correct-drift', generation: 1 },
      { kind: 'announce-key-material', withinDays: 0 },
    ]);
    expect(metric('KeyMaterialDue')).toEqual([1]);
    expect(world.events()).toContain('key-material-unreadable');
  });

  test('starts the rotation when it is new', async () => {
    await reconcileAfter(90);
    await world.putMaterial(randomBytes(32));
    await reconcileAfter(1);
    expect(started().map(([, name]) => name)).toEqual(['rotate-to-g2-20270131']);
    expect(metric('KeyMaterialDue')).toEqual([1, 0]);
  });
});

describe('an unclaimed key', () => {
  async function addUnclaimedKey(): Promise<string> {
    const keyId = await world.addGeneration(2, { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:phase': 'next' });
    await world.deleteAlias('alias/orders/g2');
    return keyId;
  }

  test('is disabled after a day, and scheduled for deletion a week later', async () => {
    const keyId = await addUnclaimedKey();
    await reconcileAfter(0.5);
    expect(await world.key(keyId)).toMatchObject({ KeyState: 'Enabled' });
    await reconcileAfter(1);
    expect(await world.key(keyId)).toMatchObject({ KeyState: 'Disabled' });
    await reconcileAfter(6);
    expect(await world.key(keyId)).toMatchObject({ KeyState: 'Disabled' });
    await reconcileAfter(1);
    expect(await world.key(keyId)).toMatchObject({ KeyState: 'PendingDeletion' });
    await reconcileAfter(1);
    expect(world.events().filter((event) => event === 'orphan-deletion-scheduled')).toHaveLength(1);
  });

  test.each<[string, (keyId: string) => Promise<unknown>]>([
    ['it was used', async (keyId) => world.encrypt(keyId)],
    ['it has an alias of any name', async (keyId) => world.createAlias('alias/mine', keyId)],
    ['its number is claimed', async (keyId) => world.tag(keyId, { 'cdk-kms-lifecycle:state': 'claimed' })],
  ])('is left unchanged if %s', async (_, use) => {
    const keyId = await addUnclaimedKey();
    await use(keyId);
    await reconcileAfter(2);
    await reconcileAfter(8);
    expect(await world.key(keyId)).toMatchObject({ KeyState: 'Enabled' });
  });
});

test('a description with a malformed member is refused by name after the pending deletions were checked, and nothing else is done', async () => {
  await world.addGeneration(2, { 'cdk-kms-lifecycle:policy-revision': 'old' });
  const { roles: _, ...malformed } = world.description;
  const ports = world.ports();
  const writes = [jest.spyOn(ports.kms, 'putKeyPolicy'), jest.spyOn(ports.kms, 'tagKey')];
  const guarded = jest.spyOn(ports.kms, 'listAliases');
  await expect(reconcile(malformed as typeof world.description, MACHINES, ports)).rejects.toThrow(
    'reconcile run, member family.roles: value is missing, got nothing; allowed: an object',
  );
  expect(guarded).toHaveBeenCalled();
  for (const write of writes) expect(write).not.toHaveBeenCalled();
  expect(started()).toEqual([]);
});
