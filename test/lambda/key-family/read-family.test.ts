import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { nextGeneration } from '../../../lambda/key-family/family';
import { recordCreatedKey } from '../../../lambda/key-family/proof/created-keys';
import { readFamily, readRegister, readWholeFamily, type FamilySources } from '../../../lambda/key-family/read-family';
import { aFamily, aGeneration, anEmptied, aNext } from '../../support/world/a-family';
import { POLICY } from '../../support/world/create-generation';
import { ALIAS, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;
let kms: KmsKeyFamily;
let sources: FamilySources;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  await world.create();
  kms = new KmsKeyFamily(world.operator);
  sources = { ...world.ports(), kms };
});
afterEach(async () => world.close());

describe('a search by alias', () => {
  test('reads the keys under the family\'s aliases, and no other key', async () => {
    await world.addGeneration(2);
    const { keyArn: foreign } = await world.foreignKey('alias/invoices');
    const mark = world.mark;

    const family = await readFamily(ALIAS, kms);

    expect(family).toMatchObject({ current: { generation: 1 }, generations: [{ generation: 1 }, { generation: 2 }] });
    const calls = world.localKms.audit.records.filter(({ sequence }) => sequence > mark);
    expect(calls.filter(({ keyArns }) => keyArns.includes(foreign))).toEqual([]);
    expect(calls.map(({ operation }) => operation)).not.toContain('ListKeys');
  });

  test('changes nothing: an incomplete write stays incomplete', async () => {
    const { current: { keyId } } = await world.family();
    await world.tag(keyId, { 'cdk-kms-lifecycle:state': 'unclaimed' });
    expect((await readFamily(ALIAS, kms)).current.generation).toBe(1);
    expect(await world.tags(keyId)).toMatchObject({ 'cdk-kms-lifecycle:state': 'unclaimed' });
  });

  test('fails if the alias does not exist', async () => {
    await world.deleteAlias(ALIAS);
    await expect(readFamily(ALIAS, kms)).rejects.toMatchObject({
      name: 'FamilyContradiction', message: expect.stringContaining('names no generation'),
    });
  });
});

/** As a rotation records a key that it has created. */
const record = async (keyId: string, generation: number) =>
  recordCreatedKey(ALIAS, { keyId, keyArn: (await world.key(keyId)).Arn as string, generation }, world.evidence);

describe('a search everywhere', () => {
  test('finds a generation whose alias was deleted, and creates the alias again', async () => {
    const second = await world.addGeneration(2);
    await record(second, 2);
    await world.deleteAlias('alias/orders/g2');
    expect((await readWholeFamily(ALIAS, sources)).generations.map(({ generation }) => generation)).toEqual([1, 2]);
    expect(await world.aliases()).toMatchObject({ 'alias/orders/g2': second });
  });

  test.each([
    ['that no run has recorded', undefined],
    ['that a run has recorded under another number', 3],
  ])('ignores a key without an alias %s, and passes its number over', async (_, recordedAs) => {
    const second = await world.addGeneration(2);
    if (recordedAs !== undefined) await record(second, recordedAs);
    await world.deleteAlias('alias/orders/g2');
    const family = await readWholeFamily(ALIAS, sources);
    expect([family.generations.map(({ generation }) => generation), nextGeneration(family, 'AWS_KMS')]).toEqual([[1], 3]);
    expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1']);
    expect(world.lines).toContainEqual(expect.objectContaining({ event: 'key-ignored', keyId: second }));
  });

  test('ignores an unclaimed key without the gate: every principal can tag one', async () => {
    const keyId = await world.addGeneration(2, { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:phase': 'next' });
    await world.deleteAlias('alias/orders/g2');
    expect((await readRegister(ALIAS, sources)).unclaimed.map((key) => key.keyId)).toEqual([keyId]);
    await world.putPolicy(keyId, POLICY);
    expect((await readRegister(ALIAS, sources)).unclaimed).toEqual([]);
  });

  test('ignores a key of another principal under the alias of a number, and names that alias', async () => {
    const { keyId } = await world.foreignKey('alias/orders/g9998');
    const family = await readWholeFamily(ALIAS, sources);
    expect([family.generations.length, nextGeneration(family, 'AWS_KMS')]).toEqual([1, 2]);
    const remedy = expect.stringContaining('delete alias/orders/g9998');
    expect(world.lines).toContainEqual(expect.objectContaining({ event: 'key-ignored', keyId, remedy }));
  });

  test('finds more keys than it reads concurrently', async () => {
    for (let generation = 2; generation <= 20; generation++) await world.addGeneration(generation);
    const numbers = (await readWholeFamily(ALIAS, sources)).generations.map(({ generation }) => generation);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('reads the register of an incomplete family without a repair', async () => {
    await record((await world.family()).current.keyId, 1);
    await world.deleteAlias(ALIAS);
    await world.deleteAlias('alias/orders/g1');
    const register = await readRegister(ALIAS, sources);
    expect(register).toMatchObject({ generations: [{ generation: 1 }] });
    expect(register.current).toBeUndefined();
    expect(await world.aliases()).toEqual({});
  });
});

test.each<[string, number, Parameters<typeof aFamily>]>([
  ['follows all others', 3, [2, [anEmptied(1), aGeneration(2)]]],
  ['follows a generation that a rollback has left', 4, [2, [anEmptied(1), aGeneration(2), anEmptied(3)]]],
  ['follows a deleted generation that a rollback had left', 4, [1, [aGeneration(1, { highestGeneration: 3 })]]],
  ['is that of a generation that a stopped run has created', 3, [2, [aGeneration(2), aNext(3)]]],
  ['is not that of a generation of another origin that was never current', 4, [2, [aGeneration(2), aNext(3, { origin: 'EXTERNAL' })]]],
  ['is that of a generation of another origin that was current', 3, [2, [aGeneration(2), aGeneration(3, { phase: 'next', origin: 'EXTERNAL' })]]],
  ['is not that of a generation that was passed over', 4, [3, [aNext(2), aGeneration(3)]]],
  ['is not that of a generation that is pending deletion', 4, [2, [aGeneration(2), aNext(3, { keyState: 'PendingDeletion' })]]],
])('the number of the next generation %s', (_, number, family) => {
  expect(nextGeneration(aFamily(...family), 'AWS_KMS')).toBe(number);
});

test('the first generation is generation 1', () => {
  expect(nextGeneration({ generations: [] }, 'AWS_KMS')).toBe(1);
});
