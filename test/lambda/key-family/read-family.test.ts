import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { nextGeneration } from '../../../lambda/key-family/family';
import { readFamily, readRegister } from '../../../lambda/key-family/read-family';
import { aFamily, aGeneration, anEmptied, aNext } from '../../support/world/a-family';
import { ALIAS, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;
let kms: KmsKeyFamily;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  await world.create();
  kms = new KmsKeyFamily(world.operator);
});
afterEach(async () => world.close());

describe('a search by alias', () => {
  test('reads the keys under the family\'s aliases, and no other key', async () => {
    await world.addGeneration(2);
    const { keyArn: foreign } = await world.foreignKey('alias/invoices');
    const mark = world.mark;

    const family = await readFamily(ALIAS, kms, 'by-alias');

    expect(family).toMatchObject({ current: { generation: 1 }, generations: [{ generation: 1 }, { generation: 2 }] });
    const calls = world.localKms.audit.records.filter(({ sequence }) => sequence > mark);
    expect(calls.filter(({ keyArns }) => keyArns.includes(foreign))).toEqual([]);
    expect(calls.map(({ operation }) => operation)).not.toContain('ListKeys');
  });

  test('changes nothing: an incomplete write stays incomplete', async () => {
    const { current: { keyId } } = await world.family();
    await world.tag(keyId, { 'cdk-kms-lifecycle:state': 'unclaimed' });
    expect((await readFamily(ALIAS, kms, 'by-alias')).current.generation).toBe(1);
    expect(await world.tags(keyId)).toMatchObject({ 'cdk-kms-lifecycle:state': 'unclaimed' });
  });

  test('fails if the alias does not exist', async () => {
    await world.deleteAlias(ALIAS);
    await expect(readFamily(ALIAS, kms, 'by-alias')).rejects.toMatchObject({
      name: 'FamilyContradiction', message: expect.stringContaining('names no generation'),
    });
  });
});

describe('a search everywhere', () => {
  test('finds a generation whose alias was deleted, and creates the alias again', async () => {
    const second = await world.addGeneration(2);
    await world.deleteAlias('alias/orders/g2');
    expect((await readFamily(ALIAS, kms)).generations.map(({ generation }) => generation)).toEqual([1, 2]);
    expect(await world.aliases()).toMatchObject({ 'alias/orders/g2': second });
  });

  test('finds more keys than it reads concurrently', async () => {
    for (let generation = 2; generation <= 20; generation++) await world.addGeneration(generation);
    const numbers = (await readFamily(ALIAS, kms)).generations.map(({ generation }) => generation);
    expect(numbers).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  test('reads the register of an incomplete family without a repair', async () => {
    await world.deleteAlias(ALIAS);
    await world.deleteAlias('alias/orders/g1');
    const register = await readRegister(ALIAS, kms);
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
  ['is not that of a generation that is pending deletion', 4, [2, [aGeneration(2), aNext(3, { keyState: 'PendingDeletion' })]]],
])('the number of the next generation %s', (_, number, family) => {
  expect(nextGeneration(aFamily(...family))).toBe(number);
});

test('the first generation is generation 1', () => {
  expect(nextGeneration({ generations: [] })).toBe(1);
});
