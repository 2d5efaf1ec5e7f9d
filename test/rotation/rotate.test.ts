import { afterEach as afterEachCall, atStep, RotationWorld } from './rotation-world';
import type { RotationStep } from '../../local/engine/rotation-engine';

let world: RotationWorld;
afterEach(() => world.close());

test('a rotation leads every data key to the new generation, and disables the old one', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(12);
  const steps: RotationStep[] = [];
  const outcome = await world.rotate('run-1', { watcher: { stepStarted: (step) => void steps.push(step) } });

  expect(steps).toEqual([
    'plan', 'create generation', 'pre-flight', 'settle', 'move alias', 'settle', 'fence', 'settle', 're-encrypt', 'wait for writers', 'census',
    'disable old generation',
  ]);
  expect(outcome.passes.map(({ mode, counts }) => [mode, counts.total])).toEqual([
    ['re-encrypt', expect.objectContaining({ scanned: 12, reEncrypted: 12, quarantined: 0, answeredCalls: 12 })],
    ['census', expect.objectContaining({ scanned: 12, alreadyCurrent: 12, underOldGeneration: 0, answeredCalls: 12 })],
  ]);
  expect(await world.checkOrders()).toEqual(Array(12).fill('intact'));
  const { generations, current } = await world.readFamily();
  expect(generations.map(({ generation, keyState, phase }) => [generation, keyState, phase])).toEqual([[0, 'Disabled', 'fenced'], [1, 'Enabled', 'current']]);
  expect(current.generation).toBe(1);
});

test('the application goes on writing and reading through all of it', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(8);
  const writeAtEachStep = { stepStarted: () => void writes.push(world.application.writeOrder()) };
  const writes: Promise<void>[] = [];
  await world.rotate('run-1', { watcher: writeAtEachStep });
  await Promise.all(writes);
  expect(await world.checkOrders()).toEqual(Array(8 + writes.length).fill('intact'));
});

test('a second rotation empties the first\'s generation, and knows the older one', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(6);
  await world.rotate('run-1');
  await world.writeOrders(6);
  await world.rotate('run-2', { toGeneration: 2 });
  expect(await world.checkOrders()).toEqual(Array(12).fill('intact'));
  const { generations } = await world.readFamily();
  expect(generations.map(({ keyState }) => keyState)).toEqual(['Disabled', 'Disabled', 'Enabled']);
});

test('asking again for a rotation that is done does nothing', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(2);
  await world.rotate('run-1');
  const calls = world.laptop.kms.audit.count({ operation: 'CreateKey' });
  expect(await world.rotate('run-2')).toEqual({ kind: 'nothing-to-do', passes: [] });
  expect(world.laptop.kms.audit.count({ operation: 'CreateKey' })).toBe(calls);
});

test('the old generation makes nothing new once it is fenced, and is still readable', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(2);
  const [{ keyArn: oldKey } = { keyArn: '' }] = (await world.readFamily()).generations;
  const stop = atStep('census', () => Promise.reject(new Error('stopped here')));
  await expect(world.rotate('run-1', { watcher: stop })).rejects.toThrow('stopped here');

  const family = await world.readFamily();
  expect(family.generations[0]).toMatchObject({ keyArn: oldKey, keyState: 'Enabled', phase: 'fenced', fencedSince: expect.any(String) });
  expect(await world.countReadableOrders()).toBe(2);
});

test('the worker re-encrypts, and nothing else: it never decrypts', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(4);
  await world.rotate('run-1');
  const asked = new Set(world.laptop.kms.audit.records.filter(({ accessKey }) => accessKey === 'worker').map(({ operation }) => operation));
  expect([...asked]).toEqual(['ReEncrypt']);
});

test('a new generation is filled from the secret, and the version that gave the bytes is noted on the key', async () => {
  world = await RotationWorld.open({ material: 'secret' });
  await world.writeOrders(4);
  await world.rotate('run-1');
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
  const { current } = await world.readFamily();
  expect(current.materialVersion).toMatch(/^[0-9a-f-]{36}$/);
  expect(await world.describeKey(current.keyId)).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'Enabled', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' });
});

test('bytes that are in use already are refused, also under another version, until there are new ones', async () => {
  world = await RotationWorld.open({ material: 'secret' });
  await world.writeOrders(2);
  await world.rotate('run-1');
  await expect(world.rotate('run-2', { toGeneration: 2 })).rejects.toMatchObject({ name: 'BytesDue', message: expect.stringMatching(/put 32 new random bytes/) });
  await world.putSameBytesAgain();
  await expect(world.rotate('run-3', { toGeneration: 2 })).rejects.toMatchObject({ name: 'BytesDue' });
  await world.putNewBytes();
  await world.rotate('run-4', { toGeneration: 2 });
  expect(await world.checkOrders()).toEqual(['intact', 'intact']);
});

describe('a rotation stops with a name and loses nothing', () => {
  test('when the attribute with the data key is misspelt: before the alias moves', async () => {
    world = await RotationWorld.open();
    const [store] = world.description.stores;
    world.description = { ...world.description, stores: [{ ...store!, dataKeyAttribute: 'dataKye' }] };
    await world.writeOrders(3);
    await expect(world.rotate('run-1')).rejects.toMatchObject({
      name: 'StoreMismatch',
      message: expect.stringMatching(/table orders-table.* got dataKye; allowed: .*dataKey.*; correct dataKeyAttribute/),
    });
    expect((await world.readFamily()).current.generation).toBe(0);
    expect(await world.countReadableOrders()).toBe(3);
  });

  test('when a record is foreign or damaged: the others are moved, and the old generation stays enabled', async () => {
    world = await RotationWorld.open();
    await world.writeOrders(5);
    const [other, order] = world.application.orders;
    const item = await world.readItem(order!);
    await world.putItem({ ...item, dataKey: (await world.readItem(other!)).dataKey! });
    await expect(world.rotate('run-1')).rejects.toMatchObject({ name: 'RecordsQuarantined', message: expect.stringMatching(/got 1; allowed: 0; read the quarantine/) });

    const [object] = world.evidence.keys().filter((key) => key.endsWith('.quarantine.json'));
    const { entries } = await world.evidence.readQuarantine(object!);
    expect(entries).toEqual([expect.objectContaining({ reason: 'context-or-blob-wrong', locator: expect.stringContaining(order!.orderId) })]);
    expect((await world.readFamily()).generations[0]?.keyState).toBe('Enabled');
    // The application corrects the record, and the next run finishes.
    await world.putItem(item);
    await world.rotate('run-2');
    expect(await world.checkOrders()).toEqual(Array(5).fill('intact'));
  });

  test('when the policy is deployed anew meanwhile: before the alias moves', async () => {
    world = await RotationWorld.open();
    await world.writeOrders(2);
    const deployAnew = async () => {
      const { current } = await world.readFamily();
      await world.tag(current.keyId, 'cdk-kms-lifecycle:policy-revision', 'revision-2');
    };
    await expect(world.rotate('run-1', { watcher: atStep('move alias', deployAnew) })).rejects.toMatchObject({
      name: 'NotOurRun', message: expect.stringMatching(/got revision-2; allowed: revision-1; let the deployment finish/),
    });
    expect((await world.readFamily()).current.generation).toBe(0);
  });

  test('when somebody else moves the alias back: nothing is re-encrypted', async () => {
    world = await RotationWorld.open();
    await world.writeOrders(2);
    const { current: old } = await world.readFamily();
    await expect(world.rotate('run-1', { around: afterEachCall('UpdateAlias', () => world.moveAlias(old.keyId)) })).rejects.toMatchObject({
      name: 'VerificationFailed', message: expect.stringMatching(/^alias\/orders: alias was moved, and yet names another key/),
    });
    expect(world.laptop.kms.audit.count({ accessKey: 'worker', operation: 'ReEncrypt', status: 'answered' })).toBe(0);
    expect(await world.countReadableOrders()).toBe(2);
  });

  test('when an old generation cannot be read: before the alias moves', async () => {
    world = await RotationWorld.open();
    await world.writeOrders(1);
    await world.disable((await world.readFamily()).current.keyId);
    await expect(world.rotate('run-1')).rejects.toMatchObject({ name: 'KeyNotReady', message: expect.stringMatching(/alias\/orders\/g0: old generation cannot be read/) });
  });

  test('when the alias belongs to a key that is not ours: nothing is created', async () => {
    world = await RotationWorld.open();
    world.description = { ...world.description, alias: 'alias/somebody' };
    await world.createForeignKey('alias/somebody');
    const keys = world.laptop.kms.audit.count({ operation: 'CreateKey' });
    await expect(world.rotate('run-1')).rejects.toMatchObject({
      name: 'FamilyContradiction', message: expect.stringMatching(/^alias\/somebody: alias belongs to a key .*; choose another alias, or adopt/),
    });
    expect(world.laptop.kms.audit.count({ operation: 'CreateKey' })).toBe(keys);
  });
});

test('the alias is moved once for each rotation', async () => {
  world = await RotationWorld.open();
  await world.writeOrders(2);
  await world.rotate('run-1');
  expect(world.laptop.kms.audit.count({ operation: 'UpdateAlias', status: 'answered' })).toBe(1);
  expect(await world.encryptsThroughAlias()).toBe(true);
});
